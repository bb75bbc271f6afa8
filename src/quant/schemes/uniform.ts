/**
 * Asymmetric uniform quantizer with unsigned codes (RepQ-ViT and I&S-ViT use it for weights and activations alike):
 *   q = clamp(rint(x / scale) + zeroPoint, 0, 2^bits - 1),   x^ = (q - zeroPoint) * scale,   every step in float32.
 * The zero point is not clamped into the code range. As-published reparameterization makes it fractional, then q is fractional too.
 */
import type { Quantizer } from "../../graph/quantizer.ts";
import { clamp, roundTiesToEven } from "../../tensor/rounding.ts";
import { tensor } from "../../tensor/tensor.ts";
import { memoized, smallestFloat } from "./codebook.ts";
import { runLength } from "./run-length.ts";
import type { Codebook, Range, Scheme } from "./scheme.ts";

/** Steps below |largest value| * 2^-22 would need codes that float32 cannot count. */
const SMALLEST_RELATIVE_STEP = 2 ** -22;

const codebook = memoized((quantizer): Codebook => {
  const { axis, scale, zeroPoint, bits } = quantizer;
  if (axis !== null || !Number.isInteger(zeroPoint[0])) throw new Error("internal: a codebook needs one scale and an integer zero point");
  const lastCode = 2 ** bits - 1;
  const thresholds = new Float32Array(lastCode);
  for (let i = 0; i < lastCode; i++) {
    const code = lastCode - i;
    thresholds[i] = smallestFloat((x) => quantize(x, quantizer) >= code, (code - 0.5 - zeroPoint[0]) * scale[0]);
  }
  const decode = new Float32Array(lastCode + 1);
  for (let code = 0; code <= lastCode; code++) decode[code] = dequantize(code, quantizer);
  return { thresholds, ascending: true, decode, zeroCode: null };
});

function quantize(x: number, { scale, zeroPoint, bits }: Quantizer, channel = 0): number {
  const steps = roundTiesToEven(Math.fround(x / scale[channel]));
  return clamp(Math.fround(steps + zeroPoint[channel]), 0, 2 ** bits - 1);
}

function dequantize(code: number, { scale, zeroPoint }: Quantizer, channel = 0): number {
  return Math.fround(Math.fround(code - zeroPoint[channel]) * scale[channel]);
}

/** A scheme of uniform codes; `fit` tells them apart. */
export function uniformScheme(name: string, label: string, fit: Scheme["fit"]): Scheme {
  return {
    name,
    label,
    fit,
    quantize,
    dequantize,
    codebook,

    fakeQuantize(x, quantizer, reused) {
      const { scale, zeroPoint, bits } = quantizer;
      const out = reused ?? new Float32Array(x.data.length);
      const run = runLength(quantizer, x.shape, out.length);
      if (run === 1 && zeroPoint.every(Number.isInteger)) restoreColumns(x.data, out, quantizer);
      else
        for (let start = 0, entry = 0; start < out.length; start += run, entry = (entry + 1) % scale.length) {
          restore(x.data, out, start, start + run, scale[entry], zeroPoint[entry], 2 ** bits - 1);
        }
      return tensor(x.shape, out);
    },

    encode(x, quantizer) {
      const { scale, zeroPoint, bits } = quantizer;
      if (bits > 8 || !zeroPoint.every(Number.isInteger)) return null;
      const codes = new Uint8Array(x.data.length);
      const run = runLength(quantizer, x.shape, codes.length);
      for (let start = 0, entry = 0; start < codes.length; start += run, entry = (entry + 1) % scale.length) {
        encode(x.data, codes, start, start + run, scale[entry], zeroPoint[entry], 2 ** bits - 1);
      }
      return codes;
    },
  };
}

export const uniform = uniformScheme("uniform", "uniform", ({ low, high }: Range, bits) => {
  const magnitude = Math.max(Math.abs(low), Math.abs(high));
  // A constant is represented exactly by one step of its own size; the published programs divide by zero here.
  if (!(high > low)) return { scale: magnitude || 1, zeroPoint: high < 0 ? 1 : 0, roundingMargin: 0.5 };
  const step = Math.fround(Math.fround(high - low) / (2 ** bits - 1));
  const scale = Math.max(step, Math.fround(magnitude * SMALLEST_RELATIVE_STEP), 2 ** -126);
  const exact = Math.fround(-low / scale);
  const zeroPoint = roundTiesToEven(exact) + 0; // + 0 turns -0 into 0
  return { scale, zeroPoint, roundingMargin: 0.5 - Math.abs(exact - zeroPoint) };
});

/**
 * quantize and dequantize over out[start..end). Adding and subtracting 1.5 * 2^52 rounds a float64 below 2^51 to an integer, halves to even, without
 * the branches of roundTiesToEven that data decides; larger numbers end in the clamp either way.
 */
function restore(
  x: Float32Array<ArrayBuffer>,
  out: Float32Array<ArrayBuffer>,
  start: number,
  end: number,
  scale: number,
  zeroPoint: number,
  last: number,
): void {
  const integers = 1.5 * 2 ** 52;
  if (!Number.isInteger(zeroPoint)) {
    for (let i = start; i < end; i++) {
      const code = Math.fround(Math.fround(x[i] / scale) + integers - integers + zeroPoint);
      out[i] = Math.fround(Math.fround((code < 0 ? 0 : code > last ? last : code) - zeroPoint) * scale);
    }
    return;
  }
  // Codes and zero points below 2^24 add up exactly, so that the clamp may come first; what is stored is the product rounded once. 0 - 0 is not -0.
  const lowest = 0 - zeroPoint;
  const highest = last - zeroPoint;
  for (let i = start; i < end; i++) {
    const steps = Math.fround(x[i] / scale) + integers - integers;
    out[i] = Math.min(highest, Math.max(lowest, steps)) * scale;
  }
}

/** quantize alone, for integer zero points: see restore() for why the clamp may come first. */
function encode(
  x: Float32Array<ArrayBuffer>,
  codes: Uint8Array<ArrayBuffer>,
  start: number,
  end: number,
  scale: number,
  zeroPoint: number,
  last: number,
): void {
  const integers = 1.5 * 2 ** 52;
  const lowest = 0 - zeroPoint;
  const highest = last - zeroPoint;
  for (let i = start; i < end; i++) {
    const steps = Math.fround(x[i] / scale) + integers - integers;
    codes[i] = Math.min(highest, Math.max(lowest, steps)) + zeroPoint;
  }
}

/** restore() where every column has its own scale and integer zero point. */
function restoreColumns(x: Float32Array<ArrayBuffer>, out: Float32Array<ArrayBuffer>, { scale, zeroPoint, bits }: Quantizer): void {
  const integers = 1.5 * 2 ** 52;
  const columns = scale.length;
  const last = 2 ** bits - 1;
  for (let start = 0; start < out.length; start += columns) {
    for (let c = 0; c < columns; c++) {
      const steps = Math.fround(x[start + c] / scale[c]) + integers - integers;
      out[start + c] = Math.min(last - zeroPoint[c], Math.max(0 - zeroPoint[c], steps)) * scale[c];
    }
  }
}
