/**
 * PyTorch checkpoints (.pth, .pt, .bin, .ckpt) without running anything in them: zip files (since PyTorch 1.6: <name>/data.pkl and
 * <name>/data/<key>) and the older stream of pickles (magic number, protocol, system, object, storage keys, then the storages).
 * Layouts: torch/serialization.py.
 */
import { openZip } from "../archives/zip.ts";
import type { ByteSource } from "../byte-source.ts";
import { formatError } from "../error-codes.ts";
import { readPickle, UnknownGlobalError, type PickleResult } from "../pickle/read-pickle.ts";
import { PickleError } from "../pickle/reader.ts";
import { field, type PickleValue } from "../pickle/value.ts";
import { readBytes } from "../read-bytes.ts";
import { sizeText } from "../size-text.ts";
import type { TensorStore } from "../tensor-store.ts";
import { findStateDict } from "./state-dict.ts";
import { storageWidths } from "./storage-widths.ts";
import { torchStore, type StorageBytes } from "./torch-store.ts";

/** A pickle holds names and shapes; the largest known checkpoint's has 2 MB. */
const maxPickleBytes = 128 * 2 ** 20;
const LEGACY_MAGIC = 0x1950a86a20f9469cfc6cn;

/** A zip with a data.pkl. Throws InputErrors. */
export async function openTorchZip(source: ByteSource): Promise<TensorStore> {
  const members = new Map((await openZip(source)).map((member) => [member.name, member]));
  const pickleName = [...members.keys()].find((name) => /(^|\/)data\.pkl$/.test(name));
  if (pickleName === undefined) {
    throw notStateDict(source, "it is a zip without data.pkl", "Save `model.state_dict()` with torch.save, or as .safetensors.");
  }
  const root = pickleName.slice(0, -"data.pkl".length);
  const order = members.get(`${root}byteorder`);
  if (order && new TextDecoder().decode(await readBytes(order, 0, Math.min(order.byteLength, 16))).trim() === "big") {
    throw invalid(source, "its storages are big-endian");
  }
  const pickle = members.get(pickleName) as ByteSource;
  if (pickle.byteLength > maxPickleBytes) throw tooLarge(source, pickle.byteLength);
  const { value } = unpickle(source, await readBytes(pickle, 0, pickle.byteLength));
  const storages = new Map<string, StorageBytes>();
  for (const [name, member] of members) {
    if (!name.startsWith(`${root}data/`)) continue;
    storages.set(name.slice(root.length + 5), { sizeBytes: member.byteLength, slice: (start, end) => readBytes(member, start, end) });
  }
  return storeOf(source, value, storages);
}

/** The stream of pickles that PyTorch wrote before 1.6. */
export async function openTorchLegacy(source: ByteSource): Promise<TensorStore> {
  const bytes = await readBytes(source, 0, Math.min(source.byteLength, maxPickleBytes));
  let position = 0;
  const next = () => {
    const { value, length } = unpickle(source, bytes.subarray(position));
    position += length;
    return value;
  };
  const magic = next();
  if (magic !== LEGACY_MAGIC) {
    throw notStateDict(
      source,
      "it is a pickle that torch.save did not write",
      "Save `model.state_dict()` with torch.save, or as .safetensors.",
    );
  }
  const protocol = next();
  if (protocol !== 1001) throw invalid(source, `it has another protocol than 1001`);
  if (field(next(), "little_endian") === false) throw invalid(source, "its storages are big-endian");
  const value = next();
  const keys = next();
  if (!Array.isArray(keys) || !keys.every((key) => typeof key === "string")) throw invalid(source, "it has no list of storages");
  const storages = await legacyStorages(source, value, keys, position);
  return storeOf(source, value, storages);
}

/** Behind the pickles, in the order of the keys: an int64 count of elements, then the elements. Widths are known from the tensors that use them. */
async function legacyStorages(source: ByteSource, value: PickleValue, keys: readonly string[], start: number) {
  const widths = guarded(source, () => storageWidths(value));
  const storages = new Map<string, StorageBytes>();
  let position = start;
  for (const key of keys) {
    const prefix = await readBytes(source, position, position + 8);
    const count = Number(new DataView(prefix.buffer, prefix.byteOffset, 8).getBigInt64(0, true));
    const width = widths.get(key);
    if (width === undefined) throw invalid(source, `no tensor tells the type of storage "${key}"`);
    const from = position + 8;
    const sizeBytes = count * width;
    if (!Number.isSafeInteger(sizeBytes) || count < 0) throw invalid(source, `storage "${key}" announces ${count} elements`);
    storages.set(key, { sizeBytes, slice: (begin, end) => readBytes(source, from + begin, from + end) });
    position = from + sizeBytes;
    if (position > source.byteLength) throw invalid(source, `storage "${key}" reaches past the file's end (an interrupted download?)`);
  }
  return storages;
}

function storeOf(source: ByteSource, value: PickleValue, storages: ReadonlyMap<string, StorageBytes>): TensorStore {
  const found = guarded(source, () => findStateDict(value));
  if (!found) {
    throw notStateDict(
      source,
      "no dict of tensors was found in it (looked for state_dict, model, module, teacher and the like)",
      "Save `model.state_dict()` with torch.save, or as .safetensors.",
    );
  }
  return torchStore(source.name, found, storages);
}

function unpickle(source: ByteSource, bytes: Uint8Array): PickleResult {
  return guarded(source, () => readPickle(bytes));
}

function guarded<Result>(source: ByteSource, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof UnknownGlobalError) throw holdsCode(source, error.global);
    if (error instanceof PickleError) throw invalid(source, error.message);
    throw error;
  }
}

function holdsCode(source: ByteSource, global: string) {
  return formatError(
    "PICKLE_CODE",
    `${source.name} needs "${global}" to be opened.`,
    "A pickle may run any program that it names. Only names that weights need are known here, nothing is ever run, and this one is not among them.",
    "Where you trust the file: in Python, load it and save the weights alone: `safetensors.torch.save_file(model.state_dict(), 'model.safetensors')`.",
  );
}

function invalid(source: ByteSource, reason: string) {
  return formatError(
    "CHECKPOINT_INVALID",
    `${source.name} is not a well-formed PyTorch checkpoint.`,
    `Reason: ${reason}.`,
    "Download it again, or save it again with torch.save(model.state_dict(), ...).",
  );
}

function tooLarge(source: ByteSource, sizeBytes: number) {
  return invalid(source, `its pickle has ${sizeText(sizeBytes)}; at most ${sizeText(maxPickleBytes)} are read`);
}

function notStateDict(source: ByteSource, reason: string, next: string) {
  return formatError("CHECKPOINT_NO_WEIGHTS", `${source.name} holds no weights that can be found.`, `Reason: ${reason}.`, next);
}
