/**
 * Geometric codes for softmax outputs: x is replaced by scale * 2^(-code / stepsPerOctave); code 0 is the scale itself, larger values saturate to it.
 *   r = rint(-log2(x / scale) * stepsPerOctave), in float32 steps;   r past the last geometric code means exactly 0.
 * as-published (RepQ-ViT, FQ-ViT programs): geometric codes 0 .. 2^bits - 1 and a further code 2^bits for zero, so 2^bits + 1 values.
 * strict: geometric codes 0 .. 2^bits - 2, code 2^bits - 1 is zero; and subnormal inputs are zero, because GPUs may flush them.
 */
import type { Levels } from "../../graph/quantizer.ts";
import { roundTiesToEven } from "../../tensor/rounding.ts";
import { memoized, smallestFloat } from "./codebook.ts";
import { fakeQuantizeBy } from "./restore.ts";
import type { Codebook, Scheme } from "./scheme.ts";

const SMALLEST_NORMAL = 2 ** -126;

export function geometricScheme(name: string, label: string, stepsPerOctave: 1 | 2): Scheme {
  const zeroCodeOf = (bits: number, levels: Levels) => (levels === "strict" ? 2 ** bits - 1 : 2 ** bits);
  const exponentOf = (code: number) => Math.ceil(code / stepsPerOctave);
  const isOdd = (code: number) => stepsPerOctave === 2 && code % 2 === 1;

  const encode = (x: number, scale: number, zeroCode: number, smallest: number): number => {
    if (x < smallest) return zeroCode;
    const r = roundTiesToEven(Math.fround(-Math.fround(Math.log2(Math.fround(x / scale))) * stepsPerOctave));
    return r >= zeroCode ? zeroCode : r > 0 ? r : 0;
  };
  const decode = (code: number, scale: number, zeroCode: number): number => {
    if (code === zeroCode) return 0;
    const power = Math.fround(2 ** -exponentOf(code));
    return Math.fround(isOdd(code) ? Math.fround(power * Math.fround(Math.SQRT2)) * scale : power * scale);
  };
  const smallestOf = (levels: Levels) => (levels === "strict" ? SMALLEST_NORMAL : 0);

  const codebook = memoized((quantizer): Codebook => {
    const { scale, bits, levels } = quantizer;
    const zeroCode = zeroCodeOf(bits, levels);
    const smallest = smallestOf(levels);
    const codes = Array.from({ length: zeroCode + 1 }, (_, code) => code);
    const threshold = (code: number) =>
      smallestFloat((x) => encode(x, scale[0], zeroCode, smallest) <= code, scale[0] * 2 ** (-(code + 0.5) / stepsPerOctave));
    return {
      thresholds: Float32Array.from(codes.slice(0, zeroCode), threshold),
      ascending: false,
      decode: Float32Array.from(codes, (code) => decode(code, scale[0], zeroCode)),
      shifts: {
        exponent: Int32Array.from(codes, (code) => (code === zeroCode ? 0 : exponentOf(code))),
        odd: Uint8Array.from(codes, (code) => (code !== zeroCode && isOdd(code) ? 1 : 0)),
        mantissa: null,
      },
      zeroCode,
    };
  });

  return {
    name,
    label,

    fit: ({ high }) => ({ scale: Math.max(high, SMALLEST_NORMAL), zeroPoint: null, roundingMargin: 0.5 }),

    quantize: (x, { scale, bits, levels }, channel = 0) => encode(x, scale[channel], zeroCodeOf(bits, levels), smallestOf(levels)),

    dequantize: (code, { scale, bits, levels }, channel = 0) => decode(code, scale[channel], zeroCodeOf(bits, levels)),

    fakeQuantize: fakeQuantizeBy(codebook),

    codebook,
  };
}
