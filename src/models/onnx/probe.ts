/**
 * Functions of one number by their values at fixed points. Exporters write GELU and its kin as chains of Mul, Erf, Tanh, Add in any order; the chain is
 * computed at these points as it is read and then compared with the functions that we know, so that no order of the operators needs a pattern of its own.
 */
import type { Activation } from "./value.ts";

/** 0 and 1 first: they give offset and factor of a linear function exactly. Both tails, and dense where GELU bends. */
export const points: readonly number[] = [0, 1, ...Array.from({ length: 81 }, (_, i) => (i - 40) / 8 + 0.01), -20, 20];

export const identity = Float64Array.from(points);

export function isLinear(samples: Float64Array): boolean {
  const [offset, one] = samples;
  const factor = one - offset;
  return samples.every((y, i) => Math.abs(y - offset - factor * points[i]) <= 1e-12 * Math.max(1, Math.abs(factor * points[i])) + 1e-12);
}

/** Largest difference to GELU's two forms: they differ by 4.7e-4 from each other, and constants in f16 move a curve by less than 1e-4. */
const TOLERANCE = 2e-4;

export const gelu: Readonly<Record<Activation, (x: number) => number>> = {
  none: (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
  tanh: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
};

const sampled = Object.entries(gelu).map(([name, f]) => ({ name: name as Activation, samples: Float64Array.from(points, f) }));

/** Which activation the samples are, or null. */
export function activationOf(samples: Float64Array): Activation | null {
  const ranked = sampled
    .map(({ name, samples: wanted }) => ({ name, error: wanted.reduce((worst, y, i) => Math.max(worst, Math.abs(y - samples[i])), 0) }))
    .sort((a, b) => a.error - b.error);
  // NaN compares false with everything.
  return ranked[0].error <= TOLERANCE ? ranked[0].name : null;
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
