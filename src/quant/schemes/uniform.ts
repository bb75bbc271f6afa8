/**
 * Asymmetric uniform quantizer with unsigned codes (RepQ-ViT and I&S-ViT use it for weights and activations alike):
 *   q = clamp(rint(x / scale) + zeroPoint, 0, 2^bits - 1),   x^ = (q - zeroPoint) * scale,   every step in float32.
 * The zero point is not clamped into the code range. As-published reparameterization makes it fractional, then q is fractional too.
 */
import type { Quantizer } from "../../graph/quantizer.ts";
import { clamp, roundTiesToEven } from "../../tensor/rounding.ts";
import { tensor } from "../../tensor/tensor.ts";
import { smallestFloat } from "./codebook.ts";
import type { Scheme } from "./scheme.ts";

/** Steps below |largest value| * 2^-22 would need codes that float32 cannot count. */
const SMALLEST_RELATIVE_STEP = 2 ** -22;

export const uniform: Scheme = {
  name: "uniform",
  label: "uniform",

  fit({ low, high }, bits) {
    const magnitude = Math.max(Math.abs(low), Math.abs(high));
    // A constant is represented exactly by one step of its own size; the published programs divide by zero here.
    if (!(high > low)) return { scale: magnitude || 1, zeroPoint: high < 0 ? 1 : 0, roundingMargin: 0.5 };
    const step = Math.fround(Math.fround(high - low) / (2 ** bits - 1));
    const scale = Math.max(step, Math.fround(magnitude * SMALLEST_RELATIVE_STEP), 2 ** -126);
    const exact = Math.fround(-low / scale);
    const zeroPoint = roundTiesToEven(exact) + 0; // + 0 turns -0 into 0
    return { scale, zeroPoint, roundingMargin: 0.5 - Math.abs(exact - zeroPoint) };
  },

  quantize(x, quantizer, channel = 0) {
    const steps = roundTiesToEven(Math.fround(x / quantizer.scale[channel]));
    return clamp(Math.fround(steps + quantizer.zeroPoint[channel]), 0, 2 ** quantizer.bits - 1);
  },

  dequantize(code, quantizer, channel = 0) {
    return Math.fround(Math.fround(code - quantizer.zeroPoint[channel]) * quantizer.scale[channel]);
  },

  fakeQuantize(x, quantizer) {
    const out = new Float32Array(x.data.length);
    const { scale, zeroPoint, axis, bits } = quantizer;
    const last = 2 ** bits - 1;
    if (axis === -1) {
      const channels = scale.length;
      for (let start = 0; start < out.length; start += channels) {
        for (let c = 0; c < channels; c++) out[start + c] = fake(x.data[start + c], scale[c], zeroPoint[c], last);
      }
    } else {
      const run = out.length / scale.length;
      for (let c = 0; c < scale.length; c++) {
        const d = scale[c];
        const z = zeroPoint[c];
        for (let i = c * run; i < (c + 1) * run; i++) out[i] = fake(x.data[i], d, z, last);
      }
    }
    return tensor(x.shape, out);
  },

  codebook(quantizer) {
    requirePerTensorInteger(quantizer);
    const lastCode = 2 ** quantizer.bits - 1;
    const thresholds = new Float32Array(lastCode);
    for (let i = 0; i < lastCode; i++) thresholds[i] = smallestFloat((p) => uniform.quantize(p, quantizer) >= lastCode - i);
    const decode = new Float32Array(lastCode + 1);
    for (let code = 0; code <= lastCode; code++) decode[code] = uniform.dequantize(code, quantizer);
    return { thresholds, ascending: true, decode, zeroCode: null };
  },
};

function fake(x: number, scale: number, zeroPoint: number, last: number): number {
  const code = clamp(Math.fround(roundTiesToEven(Math.fround(x / scale)) + zeroPoint), 0, last);
  return Math.fround(Math.fround(code - zeroPoint) * scale);
}

function requirePerTensorInteger({ axis, zeroPoint }: Quantizer): void {
  if (axis !== null || !Number.isInteger(zeroPoint[0])) throw new Error("internal: a codebook needs one scale and an integer zero point");
}
