/**
 * The weights inside a program that torch.export.save wrote (.pt2, a zip); the program itself is not read.
 * - since PyTorch 2.8: <root>/data/weights/<model>_weights_config.json says which raw storage (weight_0, weight_1 ...) holds each tensor, as a view;
 * - 2.7: <root>/data/weights/<model>.pt, before: serialized_state_dict.pt, both written by torch.save.
 * Layouts: torch/csrc/export/pt2_archive_constants.h, torch/_export/serde/schema.py (PayloadMeta, TensorMeta, ScalarType).
 */
import { openZip } from "../archives/zip.ts";
import type { ByteSource } from "../byte-source.ts";
import { formatError } from "../error-codes.ts";
import { isJsonObject, type Json, type JsonObject } from "../json.ts";
import { readBytes } from "../read-bytes.ts";
import type { StoredDType } from "../stored-dtype.ts";
import type { TensorStore } from "../tensor-store.ts";
import { openTorchZip } from "./open-torch.ts";
import type { TensorRecord } from "./tensor-record.ts";
import { torchStore, type StorageBytes } from "./torch-store.ts";

/** Names, shapes and strides; the largest known model has not a tenth of it. */
const maxConfigBytes = 64 * 2 ** 20;
const STRIDED = 7;
const SAVE_WEIGHTS = "Save the weights alone: `torch.save(program.state_dict, ...)`, and open that.";

const dtypes: Readonly<Record<number, StoredDType>> = {
  1: "U8",
  2: "I8",
  3: "I16",
  4: "I32",
  5: "I64",
  6: "F16",
  7: "F32",
  8: "F64",
  12: "BOOL",
  13: "BF16",
  28: "U16",
  29: "F8_E4M3",
  30: "F8_E5M2",
};

export async function openExportedProgram(source: ByteSource): Promise<TensorStore> {
  const members = await openZip(source);
  const configs = members.filter(({ name }) => /(^|\/)data\/weights\/[^/]*_config\.json$/.test(name));
  const saved = members.filter(({ name }) => /(^|\/)(data\/weights\/[^/]+\.pt|serialized_state_dict\.pt)$/.test(name));
  const found = configs.length > 0 ? configs : saved;
  if (found.length > 1) throw noWeights(source, `it holds ${found.length} programs, each with weights of its own`);
  const [one] = found;
  if (!one) throw noWeights(source, whyNone(members));
  if (configs.length === 0) return openTorchZip({ ...one, name: `${source.name}/${one.name}` });
  const folder = one.name.slice(0, one.name.lastIndexOf("/") + 1);
  const storages = new Map<string, StorageBytes>();
  for (const member of members) {
    if (!member.name.startsWith(folder)) continue;
    storages.set(member.name.slice(folder.length), { sizeBytes: member.byteLength, slice: (start, end) => readBytes(member, start, end) });
  }
  return torchStore(source.name, { tensors: await tensorsOf(source, one), path: "" }, storages);
}

async function tensorsOf(source: ByteSource, config: ByteSource): Promise<ReadonlyMap<string, TensorRecord>> {
  if (config.byteLength > maxConfigBytes) throw invalid(source, `${config.name} has ${config.byteLength} bytes`);
  const entries = objectOf(objectOf(await parsed(source, config))?.config ?? null);
  if (!entries) throw invalid(source, `${config.name} has no entry "config"`);
  const tensors = new Map<string, TensorRecord>();
  for (const [name, payload] of Object.entries(entries)) tensors.set(name, recordOf(source, name, objectOf(payload)));
  if (tensors.size === 0) throw noWeights(source, "the program has no parameters");
  return tensors;
}

async function parsed(source: ByteSource, config: ByteSource): Promise<Json> {
  const text = new TextDecoder().decode(await readBytes(config, 0, config.byteLength));
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw invalid(source, `${config.name} is no JSON`);
  }
}

function recordOf(source: ByteSource, name: string, payload: JsonObject | null): TensorRecord {
  if (payload?.use_pickle === true) throw noWeights(source, `"${name}" is a tensor of a class of its own, which is pickled`);
  const meta = objectOf(payload?.tensor_meta ?? null);
  const { path_name: storage } = payload ?? {};
  if (!meta || typeof storage !== "string") throw invalid(source, `"${name}" says neither where it lies nor what it is`);
  const dtype = typeof meta.dtype === "number" ? dtypes[meta.dtype] : undefined;
  if (dtype === undefined) throw invalid(source, `"${name}" is of an element type that is not known (${JSON.stringify(meta.dtype)})`);
  if (meta.layout !== undefined && meta.layout !== STRIDED) throw invalid(source, `"${name}" is sparse`);
  const [shape, strides, offsets] = [sizesOf(meta.sizes), sizesOf(meta.strides), sizesOf([meta.storage_offset ?? { as_int: 0 }])];
  if (!shape || !strides || !offsets || shape.length !== strides.length) throw invalid(source, `"${name}" has sizes that are no numbers`);
  return { storage, dtype, offset: offsets[0], shape, strides };
}

/** Symbolic integers: {"as_int": 3}; weights have no other kind. */
function sizesOf(value: Json | undefined): readonly number[] | null {
  if (!Array.isArray(value)) return null;
  const sizes = (value as readonly Json[]).map((size) => (isJsonObject(size) ? size.as_int : size));
  const isSize = (size: Json | undefined): size is number => typeof size === "number" && Number.isSafeInteger(size) && size >= 0;
  return sizes.every(isSize) ? sizes : null;
}

function objectOf(value: Json): JsonObject | null {
  return isJsonObject(value) ? value : null;
}

function whyNone(members: readonly ByteSource[]): string {
  const has = (part: RegExp): boolean => members.some(({ name }) => part.test(name));
  if (has(/(^|\/)data\/aotinductor\//))
    return "it is compiled for one machine (AOTInductor), and its weights are part of the compiled program";
  if (has(/(^|\/)data\/executorch\/|\.pte$/)) return "it is a program of ExecuTorch";
  if (has(/(^|\/)serialized_state_dict\.json$/)) return "it is in the layout of PyTorch 2.0, before weights were saved apart";
  return "none of its members are weights (data/weights, serialized_state_dict.pt)";
}

function noWeights(source: ByteSource, reason: string) {
  return formatError(
    "EXPORTED_PROGRAM",
    `${source.name} is an exported PyTorch program whose weights are not read.`,
    `Reason: ${reason}.`,
    SAVE_WEIGHTS,
  );
}

function invalid(source: ByteSource, reason: string) {
  return formatError(
    "CHECKPOINT_INVALID",
    `${source.name} is not a well-formed exported program.`,
    `Reason: ${reason}.`,
    "Export it again with torch.export.save, or save program.state_dict alone.",
  );
}
