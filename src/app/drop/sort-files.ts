import { IMAGE_NAME } from "../../formats/archives/image-names.ts";
import type { DroppedFile } from "../worker/lab-api.ts";

/** A drop sorted into what the lab opens as a model, what it opens as images (with their table of labels), and litter. */
export interface SortedFiles {
  readonly model: readonly DroppedFile[];
  readonly images: readonly DroppedFile[];
  readonly ignored: readonly DroppedFile[];
}

/** Of labels; JSON is looked into before it belongs to the images. */
const LABELS = /\.(csv|tsv|jsonl)$/i;
const LITTER = /(^|\/)(\.[^/]*|thumbs\.db|desktop\.ini|__macosx\/.*|readme[^/]*|licen[cs]e[^/]*|[^/]+\.(md|txt|py|ipynb|log))$/i;
const SAFETENSORS = /\.safetensors$/i;
/** Other names that only weights have: they are meant, also among pictures. */
const WEIGHTS = /\.(pth?|pt2|ckpt|npz|onnx|onnx[_.]data)$|(^|\/)pytorch_model[^/]*\.bin$/i;
const byName = new Intl.Collator("en", { numeric: true });
const MODEL_CONTEXT = /\.json$/i;

/**
 * Pictures in formats that no browser decodes still go to the images, and unknown files to the model, so that the engine, which looks into
 * them, can say what they are. Beside safetensors, other weight files of the same folder (pytorch_model.bin) are the same model again: ignored.
 */
export function sortFiles(files: readonly DroppedFile[]): SortedFiles {
  const useful = files.filter((file) => !LITTER.test(file.path));
  // Browsers give a folder in any order; which images calibrate must not depend on it.
  const isImage = ({ path }: DroppedFile): boolean => IMAGE_NAME.test(path) || LABELS.test(path);
  const images = useful.filter(isImage).toSorted((a, b) => byName.compare(a.path, b.path));
  const rest = useful.filter((file) => !isImage(file));
  const hasModel = rest.some((file) => SAFETENSORS.test(file.path));
  const pictures = images.some((file) => !LABELS.test(file.path));
  const isModel = (file: DroppedFile): boolean => {
    if (hasModel) return SAFETENSORS.test(file.path) || MODEL_CONTEXT.test(file.path);
    // A stray file between pictures is no reason to refuse the pictures.
    return !pictures || WEIGHTS.test(file.path) || MODEL_CONTEXT.test(file.path);
  };
  const model = rest.filter(isModel);
  // Nothing but litter: let the engine say what the file is.
  if (model.length === 0 && images.length === 0) return { model: files, images: [], ignored: [] };
  return { model, images, ignored: files.filter((file) => !model.includes(file) && !images.includes(file)) };
}

/**
 * Files that complete an earlier drop: a config.json for weights already given, the missing shard of a set, the weights of an ONNX network or the
 * network of such weights. Anything else is a new model.
 * A file of the same name replaces the earlier one.
 */
export function completeModel(earlier: readonly DroppedFile[], incoming: readonly DroppedFile[]): readonly DroppedFile[] {
  const onlyContext = incoming.every((file) => MODEL_CONTEXT.test(file.path));
  const wanted = new Set(incoming.flatMap((file) => shardSet(file.path)));
  const sameSet = earlier.some((file) => shardSet(file.path).some((set) => wanted.has(set)) || isIndex(file.path)) && wanted.size > 0;
  const networks = new Set(earlier.flatMap((file) => networkPart(file.path)));
  const sameNetwork = incoming.every((file) => networkPart(file.path).some((part) => networks.has(part === "data" ? "network" : "data")));
  if (earlier.length === 0 || !(onlyContext || sameSet || sameNetwork)) return incoming;
  const names = new Set(incoming.map((file) => baseName(file.path)));
  return [...earlier.filter((file) => !names.has(baseName(file.path))), ...incoming];
}

/** A table of labels that comes alone belongs to the images already there; other pictures replace them. */
export function completeImages(earlier: readonly DroppedFile[], incoming: readonly DroppedFile[]): readonly DroppedFile[] {
  const isTable = (file: DroppedFile): boolean => LABELS.test(file.path) || MODEL_CONTEXT.test(file.path);
  return incoming.every(isTable) ? [...earlier.filter((file) => !isTable(file)), ...incoming] : incoming;
}

/** ["model/00002"] for "model-00001-of-00002.safetensors", [] for a file that is no shard. */
function shardSet(path: string): readonly string[] {
  const match = /^(.*)-\d{5}-of-(\d{5})\.safetensors$/i.exec(baseName(path));
  return match === null ? [] : [`${match[1]}/${match[2]}`];
}

/** Which part of an ONNX model a file is by its name, [] for others. */
function networkPart(path: string): readonly ("network" | "data")[] {
  if (/\.onnx$/i.test(path)) return ["network"];
  return /\.onnx[_.](data|bin|weights)(_\d+)?$/i.test(path) ? ["data"] : [];
}

function isIndex(path: string): boolean {
  return /\.safetensors\.index\.json$/i.test(path);
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
