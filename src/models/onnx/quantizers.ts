/** Quantizers of our graph from those of an ONNX file. Codes become unsigned: int8 codes and zero points grow by 128, int4 ones by 8. */
import type { OnnxNode, OnnxType } from "../../formats/onnx/onnx-model.ts";
import type { Quantizer } from "../../graph/quantizer.ts";
import { elementCount } from "../../tensor/tensor.ts";
import { uniformQuantizer } from "../quantizer-rows.ts";
import { scalarOf, type Constant, type QuantizedCodes } from "./constant.ts";
import { unsupported } from "./unsupported.ts";

const codeTypes: Partial<Record<OnnxType, { readonly bits: number; readonly shift: number }>> = {
  uint8: { bits: 8, shift: 0 },
  int8: { bits: 8, shift: 128 },
  uint4: { bits: 4, shift: 0 },
  int4: { bits: 4, shift: 8 },
  uint2: { bits: 2, shift: 0 },
  int2: { bits: 2, shift: 2 },
};

/** Of an activation: one scale, or one a column. `codes`: their type where no zero point tells it. */
export function activationQuantizer(node: OnnxNode, scale: Constant, zeroPoint: Constant | null, codes?: OnnxType): Quantizer {
  const name = zeroPoint?.type ?? codes ?? "uint8";
  const type = codeTypes[name];
  if (!type) throw unsupported(node, `quantizes to ${name}`);
  const scales = Float32Array.from(scale.values());
  const zeros = Float32Array.from(scales, (_, i) => (zeroPoint ? zeroPoint.values()[i] : 0) + type.shift);
  if (!scales.every((value) => value > 0 && Number.isFinite(value))) throw unsupported(node, "quantizes with a scale that is not positive");
  return uniformQuantizer(type.bits, scales, zeros, -1);
}

/**
 * Of a weight [N,K] given as [N,K] or [K,N] (`rows`: the axis of N; a convolution's further axes belong to K): one scale, one a row, or several a row for
 * blocks along K. null where scales lie otherwise, or a type is wider than eight bits.
 */
export function weightQuantizer({ codes, scale, zeroPoint, axis, blockSize }: QuantizedCodes, rows: 0 | 1): Quantizer | null {
  const type = codeTypes[codes.type];
  if (!type) return null;
  const n = codes.shape[rows];
  const order = entryOrder(scale, axis, rows, n, elementCount(codes.shape) / n, blockSize);
  if (!order) return null;
  const [s, z] = [scale.values(), zeroPoint?.values()];
  const scales = Float32Array.from(order, (i) => s[i]);
  if (!scales.every((value) => value > 0 && Number.isFinite(value))) return null;
  return uniformQuantizer(
    type.bits,
    scales,
    Float32Array.from(order, (i) => (z ? z[i] : 0) + type.shift),
    0,
  );
}

/** Indices of the file's scales in our order: row by row, blocks along K inside a row. */
function entryOrder(scale: Constant, axis: number | null, rows: 0 | 1, n: number, k: number, blockSize: number): number[] | null {
  if (scalarOf(scale) !== null) return [0];
  if (scale.shape.length === 1) return axis === rows ? Array.from({ length: n }, (_, i) => i) : null;
  if (scale.shape.length !== 2 || axis === rows || k % blockSize !== 0) return null;
  const blocks = k / blockSize;
  return Array.from({ length: n * blocks }, (_, i) => (rows === 0 ? i : (i % blocks) * n + Math.floor(i / blocks)));
}
