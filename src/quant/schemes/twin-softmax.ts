/**
 * Twin uniform quantizer for softmax outputs (PTQ4ViT, ECCV 2022; ptq-wide 1.1 and 1.3.2): one flag bit selects one of two grids of n/2 codes,
 * n = 2^bits. Both have h = n/2 - 1 steps: the high one spans 0..1 (scale = 1/h), the low one 0..split with split = 2^-splitExponent.
 *
 * A number goes to the nearest level of both grids. The paper sends x >= split to the high grid, which rounds numbers just above the split to 0 as soon as
 * its step is more than twice the split; the released program adds both parts. Neither is followed: the stored format is the same, the error smaller.
 */
import type { Quantizer } from "../../graph/quantizer.ts";
import { memoized } from "./codebook.ts";
import { distinctLevels, nearestCode, nearestThresholds } from "./nearest-level.ts";
import { parameterOf } from "./parameter.ts";
import { fakeQuantizeBy } from "./restore.ts";
import type { Codebook, Fit, Scheme } from "./scheme.ts";

/** The paper's grid without split = 1, where both grids are the same. */
const SPLIT_EXPONENTS = Array.from({ length: 19 }, (_, i) => i + 1);
const USUAL_EXPONENT = 4;

const tables = memoized((quantizer: Quantizer) => {
  const half = 2 ** (quantizer.bits - 1);
  const codes = Array.from({ length: 2 * half }, (_, code) => code);
  const mantissa = Int32Array.from(codes, (code) => code % half);
  const exponent = Int32Array.from(codes, (code) => (code < half ? parameterOf(quantizer, "splitExponent") : 0));
  const decode = Float32Array.from(codes, (code) => quantizer.scale[0] * mantissa[code] * 2 ** -exponent[code]);
  return { mantissa, exponent, levels: distinctLevels(decode) };
});

const codebook = memoized((quantizer): Codebook => {
  const { mantissa, exponent, levels } = tables(quantizer);
  const shifts = { exponent, odd: new Uint8Array(mantissa.length), mantissa };
  return { thresholds: nearestThresholds(levels), ascending: true, decode: levels.decode, shifts, zeroCode: null };
});

function fit(bits: number, splitExponent: number): Fit {
  return { scale: Math.fround(1 / (2 ** (bits - 1) - 1)), zeroPoint: null, roundingMargin: 0.5, parameters: { splitExponent } };
}

export const twinSoftmax: Scheme = {
  name: "twin-softmax",
  label: "twin uniform for softmax",
  parameters: () => ({ splitExponent: { low: 1, high: SPLIT_EXPONENTS.length, isInteger: true } }),
  fit: (_range, bits) => fit(bits, USUAL_EXPONENT),
  candidates: (_range, bits) =>
    [USUAL_EXPONENT, ...SPLIT_EXPONENTS.filter((exponent) => exponent !== USUAL_EXPONENT)].map((exponent) => fit(bits, exponent)),
  quantize: (x, quantizer) => nearestCode(x, tables(quantizer).levels),
  dequantize: (code, quantizer) => tables(quantizer).levels.decode[code],
  fakeQuantize: fakeQuantizeBy(codebook),
  codebook,
};
