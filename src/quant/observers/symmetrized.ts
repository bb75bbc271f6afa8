/**
 * OutlierTune's symmetrisation (ptq-wide 1.3.5): each channel is shifted by the middle of its range, z = (max + min) / 2, and gets a symmetric step,
 * s = max|x - z| / (2^(b-1) - 1). Written as a zero point this is 2^(b-1) - z / s, which is no integer: the shift is meant to go into a LayerNorm's bias.
 */
import { endsOf } from "./ends.ts";
import type { Observer } from "./observer.ts";

export const symmetrized: Observer = {
  name: "symmetrised range",
  observe(values, { bits }) {
    const { low, high } = endsOf(values);
    const middle = (low + high) / 2;
    const half = 2 ** (bits - 1);
    const scale = Math.fround(Math.max((high - low) / 2 / Math.max(1, half - 1), Math.abs(middle) * 2 ** -20, 2 ** -100));
    return { scale, zeroPoint: Math.fround(half - middle / scale), roundingMargin: 0.5, candidate: 0, gap: Number.POSITIVE_INFINITY };
  },
};
