/** Opening an .onnx file with the files that hold its external data. */
import { elementCount, tensor } from "../../tensor/tensor.ts";
import type { ByteSource } from "../byte-source.ts";
import { formatError } from "../error-codes.ts";
import { readBytes } from "../read-bytes.ts";
import { sizeText } from "../size-text.ts";
import type { StoredDType } from "../stored-dtype.ts";
import { unknownTensor, type IntegerTensor, type TensorStore } from "../tensor-store.ts";
import { decodeOnnxTensor, type NumberArray } from "./decode-tensor.ts";
import { onnxTypes, type ExternalData, type OnnxModel, type OnnxTensor, type OnnxType } from "./onnx-model.ts";
import { readOnnxModel } from "./read-model.ts";

/** Protobuf's own limit for a message, and what the data files may hold together. */
const MAX_MODEL_BYTES = 2 ** 31;
const MAX_DATA_BYTES = 2 ** 33;

export interface OnnxFile {
  readonly model: OnnxModel;
  /** Of an initializer or of a node's attribute. */
  values(tensor: OnnxTensor): NumberArray;
}

/** Reads the whole model, and of the other files the parts that its tensors name. */
export async function openOnnx(source: ByteSource, others: readonly ByteSource[]): Promise<OnnxFile> {
  if (source.byteLength > MAX_MODEL_BYTES) throw networkTooLarge(source);
  const model = readOnnxModel(await readBytes(source, 0, source.byteLength), source.name);
  const outside = await readExternal(source, model.initializers, others);
  return { model, values: (stored) => decodeOnnxTensor(stored, stored.external ? (outside.get(stored) ?? null) : stored.raw) };
}

async function readExternal(source: ByteSource, initializers: readonly OnnxTensor[], others: readonly ByteSource[]) {
  const outside = new Map<OnnxTensor, Uint8Array<ArrayBuffer>>();
  let sum = 0;
  for (const stored of initializers) {
    if (!stored.external) continue;
    const data = findData(source, stored.name, stored.external, others);
    const needed = Math.ceil((elementCount(stored.dims) * onnxTypes[stored.type].bits) / 8);
    const { offset, length } = stored.external;
    if (length !== null && length !== needed) {
      throw formatError(
        "ONNX_INVALID",
        `Tensor "${stored.name}" of ${source.name} does not hold what it says.`,
        `[${stored.dims.join(",")}] of ${stored.type} needs ${needed} bytes, and ${length} are set aside in ${data.name}.`,
        "Export or download the model again.",
      );
    }
    sum += needed;
    if (sum > MAX_DATA_BYTES) throw dataTooLarge(source, sum);
    outside.set(stored, await readBytes(data, offset, offset + needed));
  }
  return outside;
}

/** Locations are names beside the model; anything that leaves its folder is refused, whether or not such a file was given. */
function findData(source: ByteSource, tensorName: string, { location }: ExternalData, others: readonly ByteSource[]): ByteSource {
  const parts = location.split("/");
  if (/^[/\\]|^[a-z]:|\\|\0/i.test(location) || parts.some((part) => part === ".." || part === "")) {
    throw formatError(
      "ONNX_DATA_PATH",
      `${source.name} wants its weights from "${location}".`,
      `That path (of tensor "${tensorName}") leaves the model's folder, which no model needs.`,
      "Do not use this file unless you know who made it; export the model again.",
    );
  }
  const folder = source.name.slice(0, source.name.lastIndexOf("/") + 1);
  const wanted = folder + parts.filter((part) => part !== ".").join("/");
  const base = parts[parts.length - 1];
  const sameBase = others.filter(({ name }) => name.slice(name.lastIndexOf("/") + 1) === base);
  const found = others.find(({ name }) => name === wanted) ?? (sameBase.length === 1 ? sameBase[0] : undefined);
  if (found) return found;
  throw formatError(
    "ONNX_DATA_MISSING",
    `${source.name} holds the network and not its weights.`,
    `The weights (tensor "${tensorName}" and others) lie in "${location}", which was not given.`,
    `Give ${base} together with the model, or drop the folder that holds both.`,
  );
}

function networkTooLarge({ name, byteLength }: ByteSource) {
  return formatError(
    "ONNX_TOO_LARGE",
    `${name} has ${sizeText(byteLength)}.`,
    "A single ONNX file is one protobuf message, and those end at 2 GiB: tools that write larger ones write files that nothing can read.",
    "Save its weights as external data (`onnx.save(model, path, save_as_external_data=True)`), and give both files.",
  );
}

function dataTooLarge({ name }: ByteSource, bytes: number) {
  return formatError(
    "ONNX_TOO_LARGE",
    `The external data of ${name} have more than ${sizeText(bytes - 1)}.`,
    `At most ${sizeText(MAX_DATA_BYTES)} of weights are read.`,
    "Open a smaller model, or the same one with 16-bit weights.",
  );
}

const storedTypes: Record<OnnxType, StoredDType> = {
  float: "F32",
  double: "F64",
  float16: "F16",
  bfloat16: "BF16",
  bool: "BOOL",
  uint8: "U8",
  int8: "I8",
  uint16: "U16",
  int16: "I16",
  uint32: "U32",
  int32: "I32",
  uint64: "U64",
  int64: "I64",
  // Sub-byte codes are unpacked into bytes when they are read.
  uint4: "U8",
  int4: "I8",
  uint2: "U8",
  int2: "I8",
};

/** The initializers as named tensors, for cards and for looking at single weights. */
export function onnxTensors({ model, values }: OnnxFile): TensorStore {
  const byName = new Map(model.initializers.map((stored) => [stored.name, stored]));
  const find = (name: string): OnnxTensor => {
    const stored = byName.get(name);
    if (!stored) throw unknownTensor(name, [...byName.keys()]);
    return stored;
  };
  return {
    names: [...byName.keys()],
    has: (name) => byName.has(name),
    shape: (name) => find(name).dims,
    dtype: (name) => storedTypes[find(name).type],
    sizeBytes: model.initializers.reduce((sum, { dims, type }) => sum + Math.ceil((elementCount(dims) * onnxTypes[type].bits) / 8), 0),
    metadata: model.metadata,
    read: (name) => Promise.resolve(tensor(find(name).dims, Float32Array.from(values(find(name))))),
    readIntegers: (name) =>
      Promise.resolve({ dtype: "i32", shape: find(name).dims, data: Int32Array.from(values(find(name))) } as IntegerTensor),
  };
}
