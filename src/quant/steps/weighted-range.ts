/**
 * Range of one uniform quantizer by the weighted third power of the error. Both ends are drawn towards the median m together, by common factors, then each
 * on its own:   [m + (low - m) a, m + (high - m) b],   err = sum_i w_i |x_i - x^_i|^3.
 * The third power clips less than squares do: one large value cut off does more harm to the layers behind than many small steps, which average out.
 */
import { selectRanks } from "../observers/select.ts";
import type { Fit } from "../schemes/scheme.ts";
import { uniform } from "../schemes/uniform.ts";
import { samplePlaces } from "./sample-rows.ts";
import { clamp, roundTiesToEven } from "../../tensor/rounding.ts";

/** Factors on both ends, by bits: low widths clip a lot. */
const COARSE = Array.from({ length: 12 }, (_, i) => 0.1 + (0.9 * i) / 12);
const FINE = Array.from({ length: 8 }, (_, i) => 0.5 + (0.5 * i) / 8);
const SINGLE = [0.6, 0.75, 0.87, 1.15, 1.35, 1.7];

/** weights: one per value; null: all alike. Candidates are judged on at most `sample` values, the ends come from all. */
export function weightedRange(values: Float32Array<ArrayBuffer>, weights: Float64Array | null, bits: number, sample: number): Fit {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const { x, w } = sampled(values, weights, sample);
  const middle = medianOf(x);
  let best = { a: 1, b: 1, fit: uniform.fit({ low, high }, bits), error: Number.POSITIVE_INFINITY };
  const attempt = (a: number, b: number) => {
    const fit = uniform.fit({ low: Math.fround(middle + (low - middle) * a), high: Math.fround(middle + (high - middle) * b) }, bits);
    const error = weightedError(x, w, fit, bits);
    if (error < best.error) best = { a, b, fit, error };
  };
  attempt(1, 1);
  for (const factor of bits <= 4 ? COARSE : FINE) attempt(factor, factor);
  const upper = best.b;
  for (const factor of SINGLE) attempt(best.a, Math.min(1, upper * factor));
  const lower = best.a;
  for (const factor of SINGLE) attempt(Math.min(1, lower * factor), best.b);
  return best.fit;
}

function sampled(
  values: Float32Array<ArrayBuffer>,
  weights: Float64Array | null,
  most: number,
): { x: Float32Array<ArrayBuffer>; w: Float64Array } {
  const count = Math.min(values.length, most);
  const x = new Float32Array(count);
  const w = new Float64Array(count).fill(1);
  samplePlaces(values.length, count).forEach((from, i) => {
    x[i] = values[from];
    if (weights) w[i] = weights[from];
  });
  return { x, w };
}

function medianOf(x: Float32Array<ArrayBuffer>): number {
  const rank = x.length >> 1;
  return selectRanks(x, [rank]).get(rank) ?? x[0];
}

/** The quantizer's arithmetic of schemes/uniform without its float32 steps: candidates are only compared. */
function weightedError(x: Float32Array, w: Float64Array, { scale, zeroPoint }: Fit, bits: number): number {
  const last = 2 ** bits - 1;
  const zero = zeroPoint ?? 0;
  let sum = 0;
  for (let i = 0; i < x.length; i++) {
    const difference = x[i] - (clamp(roundTiesToEven(x[i] / scale) + zero, 0, last) - zero) * scale;
    sum += w[i] * difference * difference * Math.abs(difference);
  }
  return sum;
}
