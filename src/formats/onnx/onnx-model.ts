/**
 * An ONNX model as data: the parts of onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto) that a trained network needs.
 * Subgraphs (If, Loop), training graphs and sparse tensors are not read: no Vision Transformer needs them to be evaluated.
 */
import type { Shape } from "../../tensor/tensor.ts";

/** TensorProto.DataType: its number in the file, bits per element. */
export const onnxTypes = {
  float: { code: 1, bits: 32 },
  uint8: { code: 2, bits: 8 },
  int8: { code: 3, bits: 8 },
  uint16: { code: 4, bits: 16 },
  int16: { code: 5, bits: 16 },
  int32: { code: 6, bits: 32 },
  int64: { code: 7, bits: 64 },
  bool: { code: 9, bits: 8 },
  float16: { code: 10, bits: 16 },
  double: { code: 11, bits: 64 },
  uint32: { code: 12, bits: 32 },
  uint64: { code: 13, bits: 64 },
  bfloat16: { code: 16, bits: 16 },
  uint4: { code: 21, bits: 4 },
  int4: { code: 22, bits: 4 },
  uint2: { code: 25, bits: 2 },
  int2: { code: 26, bits: 2 },
} as const;

export type OnnxType = keyof typeof onnxTypes;

export function onnxTypeOf(code: number): OnnxType | null {
  const found = Object.entries(onnxTypes).find(([, type]) => type.code === code);
  return found ? (found[0] as OnnxType) : null;
}

/** Where a tensor's bytes lie when they are not in the model's own file. */
export interface ExternalData {
  readonly location: string;
  readonly offset: number;
  /** null: to the end of the file, as far as the shape needs. */
  readonly length: number | null;
}

export interface OnnxTensor {
  readonly name: string;
  readonly type: OnnxType;
  readonly dims: Shape;
  /** Little-endian elements; sub-byte types lie packed, first element in the low bits. */
  readonly raw: Uint8Array<ArrayBuffer> | null;
  /** float_data, int32_data, int64_data, double_data or uint64_data, whichever the file used. */
  readonly numbers: readonly number[] | null;
  readonly external: ExternalData | null;
}

export type OnnxAttribute = number | string | readonly number[] | readonly string[] | OnnxTensor | { readonly unread: string };

export interface OnnxNode {
  readonly name: string;
  readonly opType: string;
  /** "" is ONNX's own domain ("ai.onnx" is read as that); "com.microsoft" is onnxruntime's. */
  readonly domain: string;
  /** "" marks an optional input or output that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

export interface OnnxValueInfo {
  readonly name: string;
  readonly type: OnnxType | null;
  /** A text is a symbolic size ("batch"); null where the file states no shape. */
  readonly dims: readonly (number | string)[] | null;
}

/** A model-local function: runtimes put its nodes in the place of every node that names it. Written only; readers know ours by name. */
export interface OnnxFunction {
  readonly name: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Names that nodes may state; the body need not read them. */
  readonly attributes: readonly string[];
  readonly nodes: readonly OnnxNode[];
  readonly opsets: Readonly<Record<string, number>>;
}

export interface OnnxModel {
  readonly irVersion: number;
  readonly producer: string;
  /** Opset version by domain. */
  readonly opsets: Readonly<Record<string, number>>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly graphName: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
  readonly functions?: readonly OnnxFunction[];
}

export function isOnnxTensor(attribute: OnnxAttribute | undefined): attribute is OnnxTensor {
  return typeof attribute === "object" && "dims" in attribute;
}
