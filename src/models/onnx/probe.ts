/**
 * Functions of one number by their values at fixed points. Exporters write GELU and its kin as chains of Mul, Erf, Tanh, Add in any order; the chain is
 * computed at these points as it is read and then compared with the functions that we know, so that no order of the operators needs a pattern of its own.
 */
import type { Attributes } from "../../graph/node.ts";

/** 0 and 1 first: they give offset and factor of a linear function exactly. Both tails, and dense where GELU bends. */
export const points: readonly number[] = [0, 1, ...Array.from({ length: 81 }, (_, i) => (i - 40) / 8 + 0.01), -20, 20];

export const identity = Float64Array.from(points);

export function isLinear(samples: Float64Array): boolean {
  const [offset, one] = samples;
  const factor = one - offset;
  return samples.every((y, i) => Math.abs(y - offset - factor * points[i]) <= 1e-12 * Math.max(1, Math.abs(factor * points[i])) + 1e-12);
}

/** Largest difference to a known function: GELU's exact and tanh forms differ by 4.7e-4 from each other, and constants in f16 move a curve by less than 1e-4. */
const TOLERANCE = 2e-4;

export const gelu = {
  none: (x: number) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
  tanh: (x: number) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  sigmoid: (x: number) => x / (1 + Math.exp(-1.702 * x)),
} as const;

const known = [
  ...Object.entries(gelu).map(([approximate, f]) => ({ op: "Gelu" as const, attributes: { approximate }, f })),
  { op: "Activation" as const, attributes: { kind: "relu" }, f: (x: number) => Math.max(x, 0) },
  { op: "Activation" as const, attributes: { kind: "silu" }, f: (x: number) => x / (1 + Math.exp(-x)) },
].map(({ op, attributes, f }) => ({ op, attributes, samples: Float64Array.from(points, f) }));

/** The node that computes a sampled function, or null. */
export function activationOf(samples: Float64Array): { readonly op: "Gelu" | "Activation"; readonly attributes: Attributes } | null {
  const ranked = known
    .map(({ op, attributes, samples: wanted }) => ({ op, attributes, error: largestDifference(samples, wanted) }))
    .sort((a, b) => a.error - b.error);
  // NaN compares false with everything.
  if (ranked[0].error <= TOLERANCE) return ranked[0];
  const [c0, one] = samples;
  const two = samples[points.length - 1];
  // The parabola through x = 0, 1 and 20.
  const last = points[points.length - 1];
  const c2 = ((two - c0) / last - (one - c0)) / (last - 1);
  const c1 = one - c0 - c2;
  const parabola = Float64Array.from(points, (x) => (c2 * x + c1) * x + c0);
  return largestDifference(samples, parabola) <= 1e-9 * Math.abs(two)
    ? { op: "Activation", attributes: { kind: "polynomial", c0, c1, c2 } }
    : null;
}

function largestDifference(a: Float64Array, b: Float64Array): number {
  return a.reduce((worst, y, i) => Math.max(worst, Math.abs(y - b[i])), 0);
}

/** Abramowitz and Stegun 7.1.5 and 7.1.14: series near 0, continued fraction beyond; 1e-12 is more than enough here. */
export function erf(x: number): number {
  const z = Math.abs(x);
  if (z > 6) return Math.sign(x);
  let sum = z;
  let term = z;
  if (z < 3) {
    for (let n = 1; n < 80; n++) {
      term *= (-z * z) / n;
      sum += term / (2 * n + 1);
    }
    return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);
  }
  let fraction = 0;
  for (let k = 60; k > 0; k--) fraction = k / 2 / (z + fraction);
  return Math.sign(x) * (1 - Math.exp(-z * z) / (Math.sqrt(Math.PI) * (z + fraction)));
}
