/** Quantizers of our graph from those of an ONNX file. Codes become unsigned: int8 codes and zero points grow by 128, int4 ones by 8. */
import type { OnnxNode, OnnxType } from "../../formats/onnx/onnx-model.ts";
import type { Quantizer } from "../../graph/quantizer.ts";
import { elementCount } from "../../tensor/tensor.ts";
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

export function uniformQuantizer(
  bits: number,
  scale: Float32Array<ArrayBuffer>,
  zeroPoint: Float32Array<ArrayBuffer>,
  axis: Quantizer["axis"],
): Quantizer {
  return { scheme: "uniform", bits, levels: "strict", scale, zeroPoint, axis: scale.length === 1 ? null : axis };
}

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

export function sameQuantizer(a: Quantizer | null, b: Quantizer | null): boolean {
  if (a === null || b === null) return a === b;
  const same = (x: Float32Array, y: Float32Array) => x.length === y.length && x.every((value, i) => value === y[i]);
  return a.bits === b.bits && a.axis === b.axis && same(a.scale, b.scale) && same(a.zeroPoint, b.zeroPoint);
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

/** The quantizer of a weight whose rows are picked (from several weights) in another order; null where their bits or groups differ. */
export function pickRows(
  rows: readonly { readonly quantizer: Quantizer | null; readonly row: number; readonly count: number }[],
): Quantizer | null {
  const [{ quantizer: first }] = rows;
  if (!first) return null;
  const groups = first.axis === 0 ? first.scale.length / rows[0].count : 1;
  const scale: number[] = [];
  const zeroPoint: number[] = [];
  for (const { quantizer, row, count } of rows) {
    if (!quantizer || quantizer.bits !== first.bits) return null;
    const own = quantizer.axis === 0 ? quantizer.scale.length / count : 1;
    if (own !== groups) return null;
    const start = quantizer.axis === 0 ? row * groups : 0;
    for (let g = 0; g < groups; g++) {
      scale.push(quantizer.scale[start + g]);
      zeroPoint.push(quantizer.zeroPoint[start + g]);
    }
  }
  return { ...uniformQuantizer(first.bits, Float32Array.from(scale), Float32Array.from(zeroPoint), 0), axis: 0 };
}

/** Of a weight whose rows are multiplied by positive factors; null where one is not. */
export function scaleQuantizer(quantizer: Quantizer, factors: ArrayLike<number>): Quantizer | null {
  const n = factors.length;
  const groups = quantizer.axis === 0 ? quantizer.scale.length / n : 1;
  const scale = new Float32Array(n * groups);
  const zeroPoint = new Float32Array(n * groups);
  for (let i = 0; i < scale.length; i++) {
    const factor = factors[Math.floor(i / groups)];
    if (!(factor > 0)) return null;
    const from = quantizer.axis === 0 ? i : 0;
    scale[i] = quantizer.scale[from] * factor;
    zeroPoint[i] = quantizer.zeroPoint[from];
  }
  return { ...quantizer, scale, zeroPoint, axis: 0 };
}
