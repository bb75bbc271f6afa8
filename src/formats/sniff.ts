/**
 * What a file really is, by its first bytes: names lie, and a failed download often leaves a small text in place of the file.
 * Every refusal says what it is, why it cannot serve as weights, and what to do instead.
 */
import type { ByteSource } from "./byte-source.ts";
import { formatError } from "./error-codes.ts";
import { readBytes } from "./read-bytes.ts";
import { sizeText } from "./size-text.ts";

export type FileKind = "empty" | "safetensors" | "lfs-pointer" | "html" | "json" | "npy" | OtherKind | "unknown";
type OtherKind = keyof typeof otherKinds;

const headBytes = 1024;
const toSafetensors = "save the weights as .safetensors (`safetensors.torch.save_file(model.state_dict(), ...)`) and open that.";

/** Recognised, and not weights that can be opened here: what to call it and what to do. */
const otherKinds = {
  "zip-pickle": { what: "a PyTorch checkpoint (zip with pickle)", next: "Open it under its own name (.pth, .pt, .bin)." },
  pickle: { what: "a Python pickle (.pth, .pt, .bin)", next: "Open it under its own name (.pth, .pt, .bin)." },
  npz: { what: "a NumPy archive of arrays", next: "Open it under its own name (.npz)." },
  zip: { what: "a zip archive", next: "Unpack it and drop the files that were inside." },
  gzip: { what: "a gzip archive", next: "Unpack it and drop the files that were inside." },
  tar: { what: "a tar archive", next: "Unpack it and drop the files that were inside." },
  onnx: { what: "an ONNX model", next: "Give it the ending .onnx, and drop it alone." },
  gguf: { what: "a GGUF file, as language models use", next: "Open a Vision Transformer saved as .safetensors." },
  hdf5: { what: "an HDF5 file (Keras, TensorFlow)", next: `Load it in Python, and ${toSafetensors}` },
  tflite: { what: "a TensorFlow Lite model", next: "Open the original weights, saved as .safetensors." },
  image: { what: "an image", next: "Drop it as an image, together with a model or after one was opened." },
  parquet: { what: "a Parquet table, as data sets are published in", next: "Export its images as files, with their labels in a CSV." },
  arrow: { what: "an Arrow table, as data sets are cached in", next: "Export its images as files, with their labels in a CSV." },
  "saved-model": { what: "a TensorFlow SavedModel or frozen graph (.pb)", next: `Load it in Python, and ${toSafetensors}` },
  "core-ml": { what: "a Core ML model", next: "Open the weights that it was converted from." },
  engine: { what: "a compiled engine of one GPU (TensorRT)", next: "Open the ONNX file or the weights that it was built from." },
  keras: { what: "a Keras model (zip with HDF5)", next: `Load it in Python, and ${toSafetensors}` },
  flax: { what: "weights of Flax (msgpack)", next: `Load them in Python, and ${toSafetensors}` },
  "exported-program": {
    what: "an exported PyTorch program (.pt2)",
    next: "Open it under its own name (.pt2).",
  },
  "tensorflow-checkpoint": { what: "part of a TensorFlow checkpoint", next: `Load it in Python, and ${toSafetensors}` },
  packed: {
    what: "an archive of a kind that is not read (RAR, 7-Zip, xz, Zstandard or bzip2)",
    next: "Unpack it and drop the files that were inside.",
  },
  encrypted: {
    what: "an encrypted file",
    next: "Decrypt it with the program and the password that it was made with, and drop what comes out.",
  },
  pdf: { what: "a PDF document", next: "Choose the model file itself." },
  executable: { what: "an executable program", next: "Choose the model file itself." },
} as const;

/** Magic bytes at an offset, as latin-1 text. */
const signatures: readonly (readonly [kind: OtherKind, offset: number, magic: string])[] = [
  ["gguf", 0, "GGUF"],
  ["hdf5", 0, "\x89HDF\r\n"],
  ["tflite", 4, "TFL3"],
  ["gzip", 0, "\x1f\x8b"],
  ["tar", 257, "ustar"],
  ["parquet", 0, "PAR1"],
  ["arrow", 0, "ARROW1"],
  ["engine", 0, "ptrt"],
  ["pdf", 0, "%PDF"],
  ["image", 0, "\x89PNG"],
  ["image", 0, "\xff\xd8\xff"],
  ["image", 0, "GIF8"],
  ["image", 0, "BM"],
  ["image", 0, "II*\0"],
  ["image", 0, "MM\0*"],
  ["image", 8, "WEBP"],
  ["image", 4, "ftypavif"],
  ["image", 4, "ftyphei"],
  ["executable", 0, "\x7fELF"],
  ["executable", 0, "MZ"],
  ["executable", 0, "\xcf\xfa\xed\xfe"],
  ["executable", 0, "\xca\xfe\xba\xbe"],
  ["packed", 0, "Rar!\x1a\x07"],
  ["packed", 0, "7z\xbc\xaf\x27\x1c"],
  ["packed", 0, "\xfd7zXZ\0"],
  ["packed", 0, "\x28\xb5\x2f\xfd"],
  ["packed", 0, "BZh"],
  ["encrypted", 0, "Salted__"],
  ["encrypted", 0, "age-encryption.org/"],
  ["encrypted", 0, "-----BEGIN PGP MESSAGE"],
];

/** Kinds without magic bytes of their own, by their usual endings; asked only where the bytes say nothing more. */
const byEnding: readonly (readonly [kind: OtherKind, ending: RegExp])[] = [
  ["saved-model", /\.pb$/i],
  ["core-ml", /\.(mlmodel|mlpackage)$/i],
  ["engine", /\.(engine|trt|plan)$/i],
  ["keras", /\.keras$/i],
  ["flax", /\.msgpack$/i],
  ["exported-program", /\.pt2$/i],
  ["tensorflow-checkpoint", /\.ckpt(-\d+)?\.(index|meta|data-\d+-of-\d+)$/i],
];

export async function sniff(source: ByteSource): Promise<FileKind> {
  return kindOf(await head(source), source.name);
}

/** Throws unless the file may be safetensors (or `expected`); what is not recognised passes, and its reader's error tells more. */
export async function refuseOtherKinds(source: ByteSource, expected: FileKind = "safetensors"): Promise<void> {
  const bytes = await head(source);
  const kind = kindOf(bytes, source.name);
  if (kind === expected) return;
  const text = latin1(bytes);
  if (kind === "empty") {
    throw formatError("FILE_EMPTY", `${source.name} is empty.`, "It has 0 bytes, as after a failed download.", "Download it again.");
  }
  if (kind === "lfs-pointer") throw lfsPointer(source, text);
  if (kind === "html") throw htmlPage(source, text);
  if (kind === "json") throw jsonBody(source, text);
  if (kind === "npy") throw notWeights(source, "a NumPy array", "Give it as inputs; open a model saved as .safetensors.");
  if (kind in otherKinds) throw notWeights(source, otherKinds[kind as OtherKind].what, otherKinds[kind as OtherKind].next);
  if (expected === "safetensors" && bytes.length < 10) {
    throw formatError(
      "HEADER_INVALID",
      `${source.name} is not a safetensors file.`,
      `It has ${bytes.length} bytes; the shortest one has 10.`,
      "Download it again.",
    );
  }
}

function head(source: ByteSource): Promise<Uint8Array> {
  return readBytes(source, 0, Math.min(headBytes, source.byteLength));
}

function kindOf(bytes: Uint8Array, name: string): FileKind {
  const kind = kindOfBytes(bytes);
  if (!["unknown", "zip", "zip-pickle", "onnx"].includes(kind)) return kind;
  return byEnding.find(([, ending]) => ending.test(name))?.[0] ?? kind;
}

function kindOfBytes(bytes: Uint8Array): FileKind {
  if (bytes.length === 0) return "empty";
  const text = latin1(bytes);
  // Eight bytes of length of which the upper four are zero, then JSON. Tested first: the length's low bytes can imitate any magic.
  if (text[8] === "{" && text.slice(4, 8) === "\0\0\0\0") return "safetensors";
  if (text.startsWith("version https://git-lfs")) return "lfs-pointer";
  const trimmed = text.replace(/^(\xef\xbb\xbf)?\s*/, "");
  if (/^<(!doctype|html|head|body|\?xml)/i.test(trimmed)) return "html";
  if (/^[{[]\s*["{[\]}]/.test(trimmed)) return "json";
  if (text.startsWith("\x93NUMPY")) return "npy";
  // torch.save writes a zip whose first member is <name>/data.pkl (or TorchScript's constants.pkl).
  if (text.startsWith("PK\x03\x04")) return kindOfZip(text);
  if (/^\x80[\x02-\x05]/.test(text)) return "pickle";
  const signature = signatures.find(([, offset, magic]) => text.startsWith(magic, offset));
  if (signature) return signature[0];
  // ONNX is a protobuf: field 1 (ir_version, small), then field 2 (producer_name), 3, 5, 7 (graph) or 8 (opset).
  if (/^\x08[\x01-\x1f][\x12\x1a\x22\x2a\x3a\x42]/.test(text)) return "onnx";
  return "unknown";
}

function kindOfZip(text: string): FileKind {
  const firstName = text.slice(30, 30 + text.charCodeAt(26) + 256 * text.charCodeAt(27));
  if (firstName.endsWith(".npy")) return "npz";
  if (/(^|\/)(data\/weights\/[^/]+|archive_format|serialized_exported_program\.json)$/.test(firstName)) return "exported-program";
  // TorchScript's zips begin with the first storage.
  return /(^|\/)data\/\d+$|(^|\/)(data|constants)\.pkl$|\.format_version$|\.storage/.test(firstName) || /\.pkl/.test(text)
    ? "zip-pickle"
    : "zip";
}

function lfsPointer(source: ByteSource, text: string) {
  const oid = /oid sha256:([0-9a-f]{64})/.exec(text)?.[1] ?? "unknown";
  const size = /size (\d+)/.exec(text)?.[1];
  return formatError(
    "LFS_POINTER",
    `${source.name} is a Git-LFS pointer, not the file itself.`,
    `The real file has ${size ? `${sizeText(Number(size))} (${size} bytes)` : "an unknown size"}, sha256 ${oid}.`,
    "Run `git lfs pull` in the repository, or download the file from the model's page.",
  );
}

function htmlPage(source: ByteSource, text: string) {
  const title = /<title[^>]*>([^<]{1,80})/i.exec(text)?.[1].trim();
  return formatError(
    "HTML_PAGE",
    `${source.name} is a web page${title ? ` ("${title}")` : ""}.`,
    "The download returned a page instead of the file: a gated repository, a login, or a link to the page that shows the file.",
    'Accept the licence on the model\'s page, or use the "resolve" (download) link instead of "blob".',
  );
}

function jsonBody(source: ByteSource, text: string) {
  const quoted = text.trim().slice(0, 200);
  const isError = /"(error|message|detail)"/i.test(quoted);
  if (!isError) return notWeights(source, "a JSON text", "Open the .safetensors file; configuration files go beside it.");
  return formatError(
    "JSON_ERROR_BODY",
    `${source.name} is a server's answer, not the file.`,
    `It says ${quoted}.`,
    "Check the link and the access rights, and download it again.",
  );
}

function notWeights(source: ByteSource, what: string, next: string) {
  return formatError(
    "NOT_WEIGHTS",
    `${source.name} is ${what}.`,
    "Weights are read from .safetensors, PyTorch checkpoints (.pth, .pt, .bin), exported programs (.pt2), .npz and .onnx.",
    next,
  );
}

/** One character per byte, so that offsets in the text are offsets in the file. */
function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
