/** The numbers of an ONNX tensor. f16 and bf16 become f32 exactly; 64-bit integers become f64, exact up to 2^53. */
import { elementCount } from "../../tensor/tensor.ts";
import { formatError } from "../error-codes.ts";
import { decodeFloats } from "../stored-dtype.ts";
import { onnxTypes, type OnnxTensor, type OnnxType } from "./onnx-model.ts";

export type NumberArray =
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>
  | Int8Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>;

type Bytes = Uint8Array<ArrayBuffer>;

/** `bytes` lie at offset 0 of their buffer. */
const decoders: Record<OnnxType, (bytes: Bytes, count: number) => NumberArray> = {
  float: ({ buffer }, count) => new Float32Array(buffer, 0, count),
  double: ({ buffer }, count) => new Float64Array(buffer, 0, count),
  float16: (bytes) => floatsOf("F16", bytes),
  bfloat16: (bytes) => floatsOf("BF16", bytes),
  uint8: (bytes) => bytes,
  bool: (bytes) => bytes,
  int8: ({ buffer }, count) => new Int8Array(buffer, 0, count),
  uint16: ({ buffer }, count) => new Uint16Array(buffer, 0, count),
  int16: ({ buffer }, count) => new Int16Array(buffer, 0, count),
  uint32: ({ buffer }, count) => new Uint32Array(buffer, 0, count),
  int32: ({ buffer }, count) => new Int32Array(buffer, 0, count),
  int64: ({ buffer }, count) => Float64Array.from(new BigInt64Array(buffer, 0, count), Number),
  uint64: ({ buffer }, count) => Float64Array.from(new BigUint64Array(buffer, 0, count), Number),
  uint4: (bytes, count) => unpack(bytes, count, 4, false),
  int4: (bytes, count) => unpack(bytes, count, 4, true),
  uint2: (bytes, count) => unpack(bytes, count, 2, false),
  int2: (bytes, count) => unpack(bytes, count, 2, true),
};

/** `bytes`: those of the tensor where they lie outside of the model's file. Throws InputError ONNX_INVALID when they are not as many as the shape needs. */
export function decodeOnnxTensor(tensor: OnnxTensor, bytes: Bytes | null = tensor.raw): NumberArray {
  const count = elementCount(tensor.dims);
  if (bytes === null) return fromNumbers(tensor, tensor.numbers ?? [], count);
  const needed = Math.ceil((count * onnxTypes[tensor.type].bits) / 8);
  if (bytes.length !== needed) throw wrongSize(tensor, `${needed} bytes`, bytes.length);
  return decoders[tensor.type](bytes.slice(), count);
}

/** Typed fields hold f16 and bf16 as 16-bit patterns and packed types as bytes, in int32_data. */
function fromNumbers(tensor: OnnxTensor, numbers: readonly number[], count: number): NumberArray {
  const { bits } = onnxTypes[tensor.type];
  const needed = bits < 8 ? Math.ceil((count * bits) / 8) : count;
  if (numbers.length !== needed) throw wrongSize(tensor, `${needed} numbers`, numbers.length);
  switch (tensor.type) {
    case "float":
      return Float32Array.from(numbers);
    case "double":
    case "int64":
    case "uint64":
    case "uint32":
      return Float64Array.from(numbers);
    case "float16":
    case "bfloat16":
      return decoders[tensor.type](new Uint8Array(Uint16Array.from(numbers).buffer), count);
    case "uint4":
    case "int4":
    case "uint2":
    case "int2":
      return decoders[tensor.type](Uint8Array.from(numbers), count);
    default:
      return Int32Array.from(numbers);
  }
}

function floatsOf(type: "F16" | "BF16", bytes: Bytes): NumberArray {
  const floats = decodeFloats(type, bytes);
  if (!floats) throw new Error(`internal: ${type} has no decoder`);
  return floats;
}

/** Dense codes, lowest bits first: two nibbles or four pairs a byte. */
function unpack(bytes: Bytes, count: number, bits: 2 | 4, signed: boolean): NumberArray {
  const perByte = 8 / bits;
  const codes = new Int8Array(count);
  for (let i = 0; i < count; i++) {
    const code = (bytes[Math.floor(i / perByte)] >> (bits * (i % perByte))) & (2 ** bits - 1);
    codes[i] = signed && code >= 2 ** (bits - 1) ? code - 2 ** bits : code;
  }
  return codes;
}

function wrongSize({ name, dims, type }: OnnxTensor, needed: string, found: number) {
  return formatError(
    "ONNX_INVALID",
    `Tensor "${name}" of the ONNX model does not hold what it says.`,
    `[${dims.join(",")}] of ${type} needs ${needed}, and there are ${found}.`,
    "Export or download the model again.",
  );
}
