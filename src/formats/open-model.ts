/**
 * Picks a model out of what was dropped or named: weights (single, sharded, with or without index, ONNX), config.json, preprocessor_config.json.
 * Other files (images, README, .gitattributes) are left alone. Nothing but headers and configurations is read.
 */
import type { ByteSource } from "./byte-source.ts";
import { formatError } from "./error-codes.ts";
import type { JsonObject } from "./json.ts";
import type { OnnxFile } from "./onnx/open-onnx.ts";
import { readConfig } from "./read-config.ts";
import { expandArchives } from "./archives/expand.ts";
import { openIndexed, openShards, parseShardName, readIndex } from "./shards.ts";
import { refuseOtherKinds, sniff } from "./sniff.ts";
import type { TensorStore } from "./tensor-store.ts";
import { openWeights, weightFormatOf, weightFormats } from "./weight-formats.ts";

export interface ModelFiles {
  /** From the folder when the file has a generic name ("deit/model.safetensors" -> "deit"), else the file's name without ending. */
  readonly name: string;
  readonly weights: TensorStore;
  readonly config: JsonObject | null;
  readonly preprocessor: JsonObject | null;
  /** Present for an ONNX model: its network; `weights` are then its initializers. */
  readonly onnx?: OnnxFile;
  /** Present where another tool's quantizer packed the weights: `weights` then decode them. */
  readonly packing?: Packing;
}

export interface Packing {
  /** Of the layout: "GPTQ". */
  readonly name: string;
  /** The widest ones. */
  readonly weightBits: number;
  /** 32: not rounded. */
  readonly activationBits: number;
  readonly notes: readonly string[];
}

/** One model's weights among the sources: a single file, the parts of one, or an index with its parts. */
interface Candidate {
  readonly name: string;
  /** Names of the files that hold its weights, or say which do. */
  readonly files: readonly string[];
  open(): Promise<Pick<ModelFiles, "weights" | "onnx">>;
}

export async function openModelFiles(sources: readonly ByteSource[]): Promise<ModelFiles> {
  const files = (await expandArchives(sources)).filter(({ name }) => !isSystemFile(name));
  const candidates = await findCandidates(files);
  if (candidates.length === 0) throw await noWeights(files);
  if (candidates.length > 1) throw severalModels(candidates);
  const [{ name, open }] = candidates;
  const config = companion(files, name, "config.json", /[-._]config\.json$/);
  const preprocessor = companion(files, name, "preprocessor_config.json", null);
  return {
    name: displayName(name),
    ...(await open()),
    config: config && (await readConfig(config)),
    preprocessor: preprocessor && (await readConfig(preprocessor)),
  };
}

/** The models among the sources, by the names of their files; to let somebody choose where there are several. */
export async function modelCandidates(sources: readonly ByteSource[]): Promise<readonly Pick<Candidate, "name" | "files">[]> {
  const files = (await expandArchives(sources)).filter(({ name }) => !isSystemFile(name));
  return (await findCandidates(files)).map(({ name, files: own }) => ({ name, files: own }));
}

async function findCandidates(files: readonly ByteSource[]): Promise<Candidate[]> {
  for (const { endings } of weightFormats) {
    const found = await namedCandidates(files, endings);
    if (found.length > 0) return found;
  }
  // A hub repository often holds both forms; the weights are the original.
  const networks = files.filter(({ name }) => name.endsWith(".onnx"));
  if (networks.length > 0) return networks.map((file) => network(file, files));
  // Nothing is named like weights; a renamed file may still be.
  const renamed = files.map(async (file): Promise<Candidate[]> => {
    const kind = await sniff(file);
    return weightFormatOf(kind) ? [single(file)] : kind === "onnx" ? [network(file, files)] : [];
  });
  return (await Promise.all(renamed)).flat();
}

/** Files of one format by their names: alone, in parts, or in parts that an index lists. */
async function namedCandidates(files: readonly ByteSource[], endings: RegExp): Promise<Candidate[]> {
  const named = files.filter(({ name }) => endings.test(name));
  const indexFiles = files.filter(({ name }) => name.endsWith(".index.json") && endings.test(name.slice(0, -".index.json".length)));
  const indexes = await Promise.all(indexFiles.map(readIndex));
  const indexed = indexes.map((index) => ({
    name: index.source.name,
    files: [index.source.name, ...index.files],
    open: async () => ({ weights: await openIndexed(index, named, openWeights) }),
  }));
  const shardSets = new Map<string, ByteSource[]>();
  const singles: ByteSource[] = [];
  for (const file of named) {
    if (indexes.some((index) => index.files.has(file.name))) continue;
    const shard = parseShardName(file.name);
    if (!shard) {
      singles.push(file);
      continue;
    }
    const key = `${shard.stem} ${shard.count}`;
    shardSets.set(key, [...(shardSets.get(key) ?? []), file]);
  }
  const sharded = [...shardSets.values()].map((shards) => ({
    name: shards[0].name,
    files: shards.map(({ name }) => name),
    open: async () => ({ weights: await openShards(shards, openWeights) }),
  }));
  return [...singles.map(single), ...indexed, ...sharded];
}

function single(source: ByteSource): Candidate {
  return { name: source.name, files: [source.name], open: async () => ({ weights: await openWeights(source) }) };
}

function network(source: ByteSource, files: readonly ByteSource[]): Candidate {
  return {
    name: source.name,
    files: [source.name],
    async open() {
      await refuseOtherKinds(source, "onnx");
      const { openOnnx, onnxTensors } = await import("./onnx/open-onnx.ts");
      const onnx = await openOnnx(source, files);
      return { weights: onnxTensors(onnx), onnx };
    },
  };
}

/** A configuration beside the weights, else the only one that was given; `variant` also takes "hf-config.json" when it is alone. */
function companion(files: readonly ByteSource[], weightsName: string, fileName: string, variant: RegExp | null): ByteSource | null {
  const exact = files.filter(({ name }) => baseOf(name) === fileName);
  const beside = exact.find(({ name }) => folderOf(name) === folderOf(weightsName));
  if (beside) return beside;
  if (exact.length === 1) return exact[0];
  if (exact.length > 1) {
    throw formatError(
      "SEVERAL_MODELS",
      `Several files are named ${fileName}: ${list(exact.map(({ name }) => name))}.`,
      `None of them lies beside the weights (${weightsName}).`,
      "Drop one model's folder.",
    );
  }
  const others = /^(preprocessor|processor|generation|tokenizer|feature_extractor)_config\.json$/;
  const variants = variant ? files.filter(({ name }) => variant.test(baseOf(name)) && !others.test(baseOf(name))) : [];
  return variants.length === 1 ? variants[0] : null;
}

/** Names under which people keep models of other kinds. */
const SUSPECTS =
  /\.(onnx|gguf|h5|hdf5|keras|pb|tflite|msgpack|mlmodel|engine|trt|plan|parquet|arrow|zip|tar|gz|rar|7z|xz|zst|bz2|pdf|exe|index|data-\d+-of-\d+)$/i;

function networkMissing({ name }: ByteSource) {
  return formatError(
    "ONNX_NETWORK_MISSING",
    `${name} is the data part of an ONNX model.`,
    "It holds weights without names or shapes; the network is in another file, which was not given.",
    `Drop ${baseOf(name).replace(/[_.]data$/i, "")} together with it.`,
  );
}

/** The most telling refusal: a file that names itself like a model, or the only file. */
async function noWeights(files: readonly ByteSource[]) {
  const data = files.find(({ name }) => /\.onnx([_.]data|\.data)$/i.test(name));
  if (data) throw networkMissing(data);
  const suspects = files.filter(({ name }) => SUSPECTS.test(name));
  const suspect = suspects[0] ?? (files.length === 1 ? files[0] : undefined);
  if (suspect) await refuseOtherKinds(suspect);
  const given = files.length === 0 ? "Nothing was given" : `Given: ${list(files.map(({ name }) => name))}`;
  return formatError(
    "NO_WEIGHTS",
    "There are no model weights among these files.",
    `${given}. Weights are read from .safetensors, PyTorch checkpoints (.pth, .pt, .bin, .ckpt), exported programs (.pt2), .npz and .onnx.`,
    "Drop such a file, with config.json and preprocessor_config.json beside it where there are any.",
  );
}

function severalModels(candidates: readonly Candidate[]) {
  return formatError(
    "SEVERAL_MODELS",
    `${candidates.length} models are among these files.`,
    `Which one is meant is not clear: ${list(candidates.map(({ name }) => name))}.`,
    "Give one of them (with its config.json), or drop a folder that holds only one.",
  );
}

/** Files that systems and archives leave behind. */
function isSystemFile(name: string): boolean {
  return /(^|\/)(\.[^/]*|__MACOSX(\/.*)?|Thumbs\.db|desktop\.ini)$/i.test(name) || /(^|\/)(__MACOSX|\.git|\.cache)\//.test(name);
}

function displayName(name: string): string {
  const stem = baseOf(name)
    .replace(/\.index\.json$/, "")
    .replace(/\.(safetensors|pth?|pt2|bin|ckpt|npz|onnx)$/, "")
    .replace(/-\d{5}-of-\d{5}$/, "");
  const folder = baseOf(folderOf(name).slice(0, -1));
  return /^(model|pytorch_model|weights|checkpoint|)$/.test(stem) && folder !== "" ? folder : stem;
}

function folderOf(name: string): string {
  return name.slice(0, name.lastIndexOf("/") + 1);
}

function baseOf(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

function list(names: readonly string[]): string {
  return names.length > 6 ? `${names.slice(0, 6).join(", ")} and ${names.length - 6} more` : names.join(", ");
}
