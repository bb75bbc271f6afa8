/**
 * Shift-uniform-log2 quantizer (I&S-ViT, NeurIPS 2024; ptq-core 3.1): uniform codes for log2(x + eta), whose decoded exponents are rounded to integers.
 *   y = log2(x + eta),  d = (high - low) / steps,  q = clamp(rint((y - low) / d), 0, steps),  x^ = 2^rint(q d + low) - eta,   in float32 steps.
 * as-published: 2^bits steps, so 2^bits + 1 codes, low and high of the data, eta from the program's list; 0 is not a level.
 * strict: 2^bits - 1 steps, eta = 2^-k and low = -k. Then code 0 is exactly 0 and all levels are integers: x^ = (2^(e + k) - 1) * 2^-k.
 * Both lists of eta work with both step counts: the published search measures errors on 2^bits - 1 steps.
 */
import type { Levels, Quantizer } from "../../graph/quantizer.ts";
import { clamp, roundTiesToEven } from "../../tensor/rounding.ts";
import { memoized, smallestFloat } from "./codebook.ts";
import { parameterOf } from "./parameter.ts";
import { fakeQuantizeBy } from "./restore.ts";
import type { Codebook, Fit, Range, Scheme } from "./scheme.ts";

const PUBLISHED_ETAS = [0.001, 0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.1, 0.2, 0.5, 1].map(Math.fround);
/** 2^-10 is the one nearest to the program's smallest; below 2^-14 sums of a matrix product would pass 32 bits. */
const STRICT_ETAS = [10, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14].map((k) => 2 ** -k);

const LN2 = Math.fround(Math.LN2);
/** As torch computes it: log(x) / log(2) in float32. Numbers that have no logarithm are below all others. */
const log2 = (x: number) => (x > 0 ? Math.fround(Math.fround(Math.log(x)) / LN2) : Number.NEGATIVE_INFINITY);

const stepsOf = ({ bits, levels }: Quantizer) => 2 ** bits - (levels === "strict" ? 1 : 0);

function stepOf(quantizer: Quantizer): number {
  const range = Math.fround(parameterOf(quantizer, "high") - parameterOf(quantizer, "low"));
  return Math.max(Math.fround(range / stepsOf(quantizer)), 2 ** -100);
}

function quantize(x: number, quantizer: Quantizer): number {
  const y = log2(Math.fround(x + parameterOf(quantizer, "eta")));
  const steps = Math.fround(Math.fround(y - parameterOf(quantizer, "low")) / stepOf(quantizer));
  return clamp(roundTiesToEven(steps), 0, stepsOf(quantizer)) + 0;
}

function exponentOf(code: number, quantizer: Quantizer): number {
  return roundTiesToEven(Math.fround(Math.fround(code * stepOf(quantizer)) + parameterOf(quantizer, "low")));
}

function dequantize(code: number, quantizer: Quantizer): number {
  return Math.fround(Math.fround(2 ** exponentOf(code, quantizer)) - parameterOf(quantizer, "eta"));
}

const codebook = memoized((quantizer): Codebook => {
  const [eta, low, step] = [parameterOf(quantizer, "eta"), parameterOf(quantizer, "low"), stepOf(quantizer)];
  const codes = Array.from({ length: stepsOf(quantizer) + 1 }, (_, code) => code);
  const k = -Math.log2(eta);
  const isInteger = quantizer.levels === "strict" && Number.isInteger(k) && low === -k;
  return {
    thresholds: Float32Array.from(codes.slice(1), (_, i) => {
      const code = codes.length - 1 - i;
      return smallestFloat((x) => quantize(x, quantizer) >= code, 2 ** ((code - 0.5) * step + low) - eta);
    }),
    ascending: true,
    decode: Float32Array.from(codes, (code) => dequantize(code, quantizer)),
    ...(isInteger
      ? {
          shifts: {
            exponent: new Int32Array(codes.length).fill(k),
            odd: new Uint8Array(codes.length),
            mantissa: Int32Array.from(codes, (code) => 2 ** (exponentOf(code, quantizer) + k) - 1),
          },
        }
      : {}),
    zeroCode: null,
  };
});

function fitEta({ low, high }: Range, eta: number, levels: Levels): Fit {
  const shifted = (x: number) => log2(Math.fround(Math.max(x, 0) + eta));
  const parameters = { eta, low: levels === "strict" ? Math.log2(eta) : shifted(low), high: shifted(high) };
  return { scale: 1, zeroPoint: null, roundingMargin: 0.5, parameters };
}

export const sulq: Scheme = {
  name: "sulq",
  label: "shift-uniform-log2",
  parameters: () => ({ eta: { low: 2 ** -24, high: 1 }, low: { low: -24, high: 24 }, high: { low: -24, high: 24 } }),
  fit: (range, _bits, levels = "strict") => fitEta(range, (levels === "strict" ? STRICT_ETAS : PUBLISHED_ETAS)[0], levels),
  candidates: (range, _bits, levels = "strict") =>
    (levels === "strict" ? STRICT_ETAS : PUBLISHED_ETAS).map((eta) => fitEta(range, eta, levels)),
  quantize,
  dequantize,
  fakeQuantize: fakeQuantizeBy(codebook),
  codebook,
};
