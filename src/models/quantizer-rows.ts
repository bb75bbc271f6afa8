/** Uniform quantizers of weights [N,K] as files of other tools state them, and what becomes of them when rows are picked, joined or multiplied. */
import type { Quantizer } from "../graph/quantizer.ts";

export function uniformQuantizer(
  bits: number,
  scale: Float32Array<ArrayBuffer>,
  zeroPoint: Float32Array<ArrayBuffer>,
  axis: Quantizer["axis"],
): Quantizer {
  return { scheme: "uniform", bits, levels: "strict", scale, zeroPoint, axis: scale.length === 1 ? null : axis };
}

export function sameQuantizer(a: Quantizer | null, b: Quantizer | null): boolean {
  if (a === null || b === null) return a === b;
  const same = (x: Float32Array, y: Float32Array) => x.length === y.length && x.every((value, i) => value === y[i]);
  return a.bits === b.bits && a.axis === b.axis && same(a.scale, b.scale) && same(a.zeroPoint, b.zeroPoint);
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
