/** A density of values that do not all count alike: bins along the bits of the float, 64 to an octave, with their weight and the weighted mean of what fell into them. */
import { endsOf } from "./ends.ts";
import type { Density } from "./lloyd-max.ts";

/** Sign, exponent and six bits of the mantissa. */
const SHIFT = 17;
const HALF = 2 ** (31 - SHIFT);

/** weightOf: of each value, by its index. */
export function weightedDensity(values: Float32Array<ArrayBuffer>, weightOf: (index: number) => number): Density {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const weights = new Float64Array(2 * HALF);
  const sums = new Float64Array(2 * HALF);
  for (let i = 0; i < bits.length; i++) {
    const magnitude = (bits[i] & 0x7fffffff) >>> SHIFT;
    const bin = bits[i] >>> 31 === 0 ? HALF + magnitude : HALF - 1 - magnitude;
    const weight = weightOf(i);
    weights[bin] += weight;
    sums[bin] += weight * values[i];
  }
  const used = Array.from(weights.keys()).filter((bin) => weights[bin] > 0);
  return {
    centres: Float32Array.from(used, (bin) => sums[bin] / weights[bin]),
    counts: Float64Array.from(used, (bin) => weights[bin]),
    ...endsOf(values),
  };
}
