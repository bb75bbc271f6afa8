/** The values that a weight may take: its quantizer's grid, through the scheme's own arithmetic, so that codes of the result are those chosen here. */
import type { Quantizer } from "../../graph/quantizer.ts";
import { schemeOf } from "../schemes/index.ts";

export interface Grid {
  /** Code of the grid value nearest to x, for weight `index` of [N,K]. */
  code(x: number, index: number): number;
  /** Value of a code. */
  value(code: number, index: number): number;
  /** Distance of neighbouring values. */
  step(index: number): number;
  readonly lastCode: number;
}

/** Grid of a weight quantizer over `length` weights. Throws unless it is uniform with integer zero points: only then do neighbouring codes lie one step apart. */
export function gridOf(quantizer: Quantizer, length: number): Grid {
  const { scheme: name, bits, axis, scale, zeroPoint } = quantizer;
  const scheme = schemeOf(quantizer);
  const run = length / scale.length;
  if ((name !== "uniform" && name !== "symmetric") || axis === -1 || axis === -2)
    throw new Error(`internal: no weight grid of scheme ${name}, axis ${axis}`);
  if (!Number.isInteger(run) || !zeroPoint.every(Number.isInteger))
    throw new Error("internal: a weight grid needs whole runs and zero points");
  return {
    code: (x, index) => scheme.quantize(Math.fround(x), quantizer, Math.floor(index / run)),
    value: (code, index) => scheme.dequantize(code, quantizer, Math.floor(index / run)),
    step: (index) => scale[Math.floor(index / run)],
    lastCode: 2 ** bits - 1,
  };
}
