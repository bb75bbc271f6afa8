/**
 * Twin uniform quantizer for GELU outputs (PTQ4ViT, ECCV 2022; ptq-wide 1.1 and 1.3.2), n = 2^bits: the sign selects the step.
 *   x >= 0: q = clamp(rint(x / scale), 0, n/2 - 1),  x^ = q * scale;       x < 0: q = clamp(rint(x / negative), -n/2, 0),  x^ = q * negative.
 * The negative step is fixed so that it reaches the minimum of GELU, negative = 0.16997 / (n/2); scale = 2^ratio * negative, so that one shift aligns
 * both. Stored code: q + n/2.
 */
import type { Quantizer } from "../../graph/quantizer.ts";
import { clamp, roundTiesToEven } from "../../tensor/rounding.ts";
import { GELU_SHIFT } from "./adalog.ts";
import { memoized, smallestFloat } from "./codebook.ts";
import { parameterOf } from "./parameter.ts";
import { fakeQuantizeBy } from "./restore.ts";
import type { Codebook, Fit, Range, Scheme } from "./scheme.ts";

/** Of a 32-bit shift; GELU outputs of 2^28 would need it. */
const LARGEST_RATIO = 31;

const halfOf = (bits: number) => 2 ** (bits - 1);

function quantize(x: number, quantizer: Quantizer): number {
  const half = halfOf(quantizer.bits);
  const [scale] = quantizer.scale;
  if (x >= 0) return half + clamp(roundTiesToEven(Math.fround(x / scale)), 0, half - 1);
  const negative = scale * 2 ** -parameterOf(quantizer, "ratio");
  return half + clamp(roundTiesToEven(Math.fround(x / negative)), -half, 0);
}

function dequantize(code: number, quantizer: Quantizer): number {
  const q = code - halfOf(quantizer.bits);
  const exponent = q < 0 ? parameterOf(quantizer, "ratio") : 0;
  return Math.fround(quantizer.scale[0] * q * 2 ** -exponent);
}

const codebook = memoized((quantizer): Codebook => {
  const half = halfOf(quantizer.bits);
  const ratio = parameterOf(quantizer, "ratio");
  const codes = Array.from({ length: 2 * half }, (_, code) => code);
  const decode = Float32Array.from(codes, (code) => dequantize(code, quantizer));
  return {
    thresholds: Float32Array.from(codes.slice(1), (_, i) => {
      const code = codes.length - 1 - i;
      return smallestFloat((x) => quantize(x, quantizer) >= code, (decode[code] + decode[code - 1]) / 2);
    }),
    ascending: true,
    decode,
    shifts: {
      exponent: Int32Array.from(codes, (code) => (code < half ? ratio : 0)),
      odd: new Uint8Array(codes.length),
      mantissa: Int32Array.from(codes, (code) => code - half),
    },
    zeroCode: null,
  };
});

function fit(bits: number, ratio: number): Fit {
  const negative = Math.fround(GELU_SHIFT / halfOf(bits));
  return { scale: negative * 2 ** ratio, zeroPoint: null, roundingMargin: 0.5, parameters: { ratio } };
}

/** The smallest ratio whose largest level reaches `high`. */
function wholeRatio({ high }: Range, bits: number): number {
  const reach = (GELU_SHIFT / halfOf(bits)) * (halfOf(bits) - 1);
  return Math.min(LARGEST_RATIO, Math.max(0, Math.ceil(Math.log2(Math.max(high, reach) / reach))));
}

export const twinGelu: Scheme = {
  name: "twin-gelu",
  label: "twin uniform for GELU",
  parameters: () => ({ ratio: { low: 0, high: LARGEST_RATIO, isInteger: true } }),
  fit: (range, bits) => fit(bits, wholeRatio(range, bits)),
  candidates(range, bits) {
    const whole = wholeRatio(range, bits);
    return Array.from({ length: whole + 1 }, (_, i) => fit(bits, whole - i));
  },
  quantize,
  dequantize,
  fakeQuantize: fakeQuantizeBy(codebook),
  codebook,
};
