import { describe, expect, it } from "vitest";
import type { Levels, Quantizer } from "../../graph/quantizer.ts";
import { adalog, adalogShifted, GELU_SHIFT } from "./adalog.ts";

/** A quantizer whose largest level is `top`. */
function make(bits: number, levels: Levels, top: number, base: number): Quantizer {
  const scale = Float32Array.of(top / (2 ** (bits + 1) - 2));
  return { scheme: "adalog", bits, levels, scale, zeroPoint: new Float32Array(0), axis: null, parameters: { base } };
}

/** Golden vector L1 of the formulas in float64 (scale 0.8, four bits): what log2 makes of these. */
const PROBABILITIES = [1, 0.8, 0.6, 0.5, 0.4, 0.25, 0.1, 0.05, 0.02, 0.01, 0.005, 0.004, 0.0035, 0.001, 0];
const LOG2_CODES = [0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 8, 10, 16];

describe("AdaLog", () => {
  it("with base 37 is log2: golden vector L1", () => {
    const q = make(4, "as-published", 0.8, 37);
    expect(PROBABILITIES.map((p) => adalog.quantize(p, q))).toEqual(LOG2_CODES);
    LOG2_CODES.forEach((code) => expect(adalog.dequantize(code, q)).toBeCloseTo(code === 16 ? 0 : 0.8 * 2 ** -code, 7));
  });

  it("strict keeps the last of its codes for zero", () => {
    const q = make(3, "strict", 1, 37);
    expect([1, 2 ** -6.4, 2 ** -6.6, 0, -1].map((p) => adalog.quantize(p, q))).toEqual([0, 6, 7, 7, 7]);
    expect([6, 7].map((code) => adalog.dequantize(code, q))).toEqual([2 ** -6, 0]);
  });

  it("rounds the fraction of an octave to the grid of bits + 1 bits: base 18 at three bits", () => {
    const q = make(3, "strict", 14, 18);
    // 14 * 2^(-18 code / 37) = 14, 9.99, 7.13, 5.09, 3.64, 2.60, 1.85: mantissas 14, 10, 7.13 -> 7 = 14 / 2, 10.18 / 2, 7.27 / 2, 10.37 / 4, 7.41 / 4.
    expect([0, 1, 2, 3, 4, 5, 6].map((code) => adalog.dequantize(code, q))).toEqual([14, 10, 7, 5, 3.5, 2.5, 1.75]);
    const { shifts } = adalog.codebook?.(q) ?? {};
    expect([...(shifts?.mantissa ?? [])]).toEqual([14, 10, 7, 10, 7, 10, 7, 0]);
    expect([...(shifts?.exponent ?? [])]).toEqual([0, 0, 0, 1, 1, 2, 2, 0]);
  });

  it("searches every base from 10 to 138 on a range", () => {
    const candidates = adalog.candidates?.({ low: 0, high: 1 }, 4) ?? [];
    expect(candidates.map(({ parameters }) => parameters?.["base"]).sort((a, b) => (a ?? 0) - (b ?? 0))).toEqual(
      Array.from({ length: 129 }, (_, i) => 10 + i),
    );
    expect(candidates.every(({ scale }) => scale === Math.fround(1 / 30))).toBe(true);
  });

  it("needs its base", () => {
    const { parameters: _, ...without } = make(4, "strict", 1, 37);
    expect(() => adalog.quantize(0.5, without)).toThrow("adalog needs the parameter base");
  });
});

describe("AdaLog, shifted", () => {
  it("adds the minimum of GELU before and takes it away after", () => {
    const { scale, parameters } = adalogShifted.fit({ low: -0.17, high: 2 }, 4);
    const q: Quantizer = { ...make(4, "strict", 1, parameters?.["base"] ?? 0), scheme: "adalog-shifted", scale: Float32Array.of(scale) };
    expect(scale * 30).toBeCloseTo(2.16997, 6);
    expect(adalogShifted.quantize(2, q)).toBe(0);
    expect(adalogShifted.dequantize(0, q)).toBeCloseTo(2, 6);
    expect([-0.16997, -5].map((x) => adalogShifted.quantize(x, q))).toEqual([15, 15]);
    expect(adalogShifted.dequantize(15, q)).toBe(-GELU_SHIFT);
    expect(adalogShifted.codebook?.(q).offset).toBe(-GELU_SHIFT);
    // Levels lie closest where GELU's values do, next to its minimum.
    expect(adalogShifted.dequantize(14, q) + GELU_SHIFT).toBeCloseTo(2.16997 * 2 ** (-(14 * 18) / 37), 3);
  });
});
