/**
 * AdaLog, a logarithmic quantizer with a searched base (Wu et al., ECCV 2024; ptq-core 6, ptq-wide 1.1 and 1.3.8):
 *   q = rint(-log2(x / s) * 37 / base),   x^ = s * 2^-floor(q * base / 37) * T[q],   T[q] = 2^-((q * base mod 37) / 37)
 * with an integer base in 10..138: 37 is log2, 18 nearly log-sqrt2. T is rounded to the grid of 1 / (2^(bits+1) - 2), so that every level is an integer
 * of bits + 1 bits, shifted. `scale` is the unit of these integers, s / (2^(bits+1) - 2).
 * as-published: codes past 2^bits - 1 mean 0, one value more than bits hold. strict: code 2^bits - 1 means 0, and so do subnormal inputs.
 *
 * adalog-shifted is the same after adding 0.16997, the largest number below minus the minimum of GELU, and takes it away after decoding.
 */
import type { Quantizer } from "../../graph/quantizer.ts";
import { roundTiesToEven } from "../../tensor/rounding.ts";
import { memoized, smallestFloat } from "./codebook.ts";
import { parameterOf } from "./parameter.ts";
import { fakeQuantizeBy } from "./restore.ts";
import type { Codebook, Fit, Range, Scheme } from "./scheme.ts";

/** Steps of the base's grid in an octave. */
const RESOLUTION = 37;
const LOWEST_BASE = 10;
const HIGHEST_BASE = 138;
const SMALLEST_NORMAL = 2 ** -126;
/** Minus the smallest value of GELU, as published. */
export const GELU_SHIFT = Math.fround(0.16997);

const topMantissa = (bits: number) => 2 ** (bits + 1) - 2;
const zeroCodeOf = ({ bits, levels }: Quantizer) => 2 ** bits - (levels === "strict" ? 1 : 0);

export const adalog = adalogScheme("adalog", "AdaLog", 0);
export const adalogShifted = adalogScheme("adalog-shifted", "AdaLog, shifted for GELU", GELU_SHIFT);

function adalogScheme(name: string, label: string, shift: number): Scheme {
  const encode = (x: number, quantizer: Quantizer, zeroCode: number): number => {
    const y = Math.fround(x + shift);
    if (!(y > 0) || (quantizer.levels === "strict" && y < SMALLEST_NORMAL)) return zeroCode;
    const [base, top] = [parameterOf(quantizer, "base"), Math.fround(quantizer.scale[0] * topMantissa(quantizer.bits))];
    const octaves = -Math.fround(Math.log2(Math.fround(y / top)));
    const r = roundTiesToEven(Math.fround(Math.fround(octaves * RESOLUTION) / base));
    return r >= zeroCode ? zeroCode : r > 0 ? r : 0;
  };

  const decode = (code: number, quantizer: Quantizer, zeroCode: number): number => {
    if (code === zeroCode) return 0 - shift;
    const { exponent, mantissa } = levelOf(code, parameterOf(quantizer, "base"), quantizer.bits);
    return Math.fround(Math.fround(quantizer.scale[0] * mantissa * 2 ** -exponent) - shift);
  };

  const codebook = memoized((quantizer): Codebook => {
    const zeroCode = zeroCodeOf(quantizer);
    const [base, top] = [parameterOf(quantizer, "base"), quantizer.scale[0] * topMantissa(quantizer.bits)];
    const codes = Array.from({ length: zeroCode + 1 }, (_, code) => code);
    const levels = codes.map((code) => (code === zeroCode ? { exponent: 0, mantissa: 0 } : levelOf(code, base, quantizer.bits)));
    const threshold = (code: number) =>
      smallestFloat((x) => encode(x, quantizer, zeroCode) <= code, top * 2 ** ((-(code + 0.5) * base) / RESOLUTION) - shift);
    return {
      thresholds: Float32Array.from(codes.slice(0, zeroCode), threshold),
      ascending: false,
      decode: Float32Array.from(codes, (code) => decode(code, quantizer, zeroCode)),
      shifts: {
        exponent: Int32Array.from(levels, ({ exponent }) => exponent),
        odd: new Uint8Array(codes.length),
        mantissa: Int32Array.from(levels, ({ mantissa }) => mantissa),
      },
      offset: 0 - shift,
      zeroCode,
    };
  });

  const fitBase = ({ high }: Range, bits: number, base: number): Fit => ({
    scale: Math.fround(Math.max(Math.fround(high + shift), SMALLEST_NORMAL * topMantissa(8)) / topMantissa(bits)),
    zeroPoint: null,
    roundingMargin: 0.5,
    parameters: { base },
  });
  // The range of few codes is too short for half octaves.
  const usualBase = (bits: number) => (bits <= 3 ? RESOLUTION : 18);

  return {
    name,
    label,
    parameters: () => ({ base: { low: LOWEST_BASE, high: HIGHEST_BASE, isInteger: true } }),
    fit: (range, bits) => fitBase(range, bits, usualBase(bits)),
    candidates(range, bits) {
      const bases = Array.from({ length: HIGHEST_BASE - LOWEST_BASE + 1 }, (_, i) => LOWEST_BASE + i);
      const usual = usualBase(bits);
      return [usual, ...bases.filter((base) => base !== usual)].map((base) => fitBase(range, bits, base));
    },
    quantize: (x, quantizer) => encode(x, quantizer, zeroCodeOf(quantizer)),
    dequantize: (code, quantizer) => decode(code, quantizer, zeroCodeOf(quantizer)),
    fakeQuantize: fakeQuantizeBy(codebook),
    codebook,
  };
}

/** The level of a code as an integer of bits + 1 bits and a shift. */
function levelOf(code: number, base: number, bits: number): { exponent: number; mantissa: number } {
  const steps = code * base;
  const mantissa = roundTiesToEven(2 ** (-(steps % RESOLUTION) / RESOLUTION) * topMantissa(bits));
  return { exponent: Math.floor(steps / RESOLUTION), mantissa };
}
