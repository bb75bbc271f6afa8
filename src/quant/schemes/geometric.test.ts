import { describe, expect, it } from "vitest";
import type { Levels, Quantizer } from "../../graph/quantizer.ts";
import { tensor } from "../../tensor/tensor.ts";
import { log2 } from "./log2.ts";
import { logSqrt2 } from "./log-sqrt2.ts";

function make(scheme: string, bits: number, levels: Levels, scale: number): Quantizer {
  return { scheme, bits, levels, scale: Float32Array.of(scale), zeroPoint: new Float32Array(0), axis: null };
}

/** Golden vector L1 of the formulas in float64 (delta = 0.8, four bits). */
const PROBABILITIES = Float32Array.of(1, 0.8, 0.6, 0.5, 0.4, 0.25, 0.1, 0.05, 0.02, 0.01, 0.005, 0.004, 0.0035, 0.001, 0);

describe("log-sqrt2", () => {
  it("as published: sixteen geometric levels and a zero beyond them", () => {
    const q = make("log-sqrt2", 4, "as-published", 0.8);
    const codes = Array.from(PROBABILITIES, (p) => logSqrt2.quantize(p, q));
    expect(codes).toEqual([0, 0, 1, 1, 2, 3, 6, 8, 11, 13, 15, 15, 16, 16, 16]);
    const values = [0.8, 0.8, 0.56568542, 0.56568542, 0.4, 0.28284271, 0.1, 0.05, 0.01767767, 0.00883883, 0.00441942, 0.00441942, 0, 0, 0];
    const out = logSqrt2.fakeQuantize(tensor([15], PROBABILITIES), q).data;
    out.forEach((value, i) => expect(value).toBeCloseTo(values[i], 7));
  });

  it("strict: the last of the sixteen codes is the zero", () => {
    const q = make("log-sqrt2", 4, "strict", 0.8);
    const codes = Array.from(PROBABILITIES, (p) => logSqrt2.quantize(p, q));
    expect(codes).toEqual([0, 0, 1, 1, 2, 3, 6, 8, 11, 13, 15, 15, 15, 15, 15]);
    expect(logSqrt2.dequantize(15, q)).toBe(0);
    expect(logSqrt2.dequantize(14, q)).toBeCloseTo(0.8 / 128, 8);
  });

  it("thresholds lie at half codes: scale * 2^(-(code + 1/2) / 2)", () => {
    const { thresholds, zeroCode, ascending } = logSqrt2.codebook?.(make("log-sqrt2", 3, "strict", 0.9)) ?? {};
    expect([zeroCode, ascending]).toEqual([7, false]);
    expect(thresholds?.length).toBe(7);
    thresholds?.forEach((threshold, code) => expect(threshold / (0.9 * 2 ** (-(code + 0.5) / 2))).toBeCloseTo(1, 6));
  });

  it("strict: subnormal probabilities are zero, so that a GPU that flushes them agrees", () => {
    expect(logSqrt2.quantize(2 ** -127, make("log-sqrt2", 8, "strict", 1))).toBe(255);
    expect(logSqrt2.quantize(2 ** -126, make("log-sqrt2", 8, "strict", 1))).toBe(252);
  });

  it("refuses more than one scale", () => {
    expect(() => logSqrt2.fakeQuantize(tensor([2], Float32Array.of(0, 1)), { ...make("log-sqrt2", 4, "strict", 1), axis: -1 })).toThrow(
      "per tensor only",
    );
  });
});

describe("log2", () => {
  it("as published: golden vector L1", () => {
    const q = make("log2", 4, "as-published", 0.8);
    const codes = Array.from(PROBABILITIES, (p) => log2.quantize(p, q));
    expect(codes).toEqual([0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 8, 10, 16]);
    const values = [0.8, 0.8, 0.8, 0.4, 0.4, 0.2, 0.1, 0.05, 0.025, 0.0125, 0.00625, 0.003125, 0.003125, 0.00078125, 0];
    log2.fakeQuantize(tensor([15], PROBABILITIES), q).data.forEach((value, i) => expect(value).toBeCloseTo(values[i], 7));
  });

  it("shifts by whole octaves", () => {
    const { shifts } = log2.codebook?.(make("log2", 2, "strict", 1)) ?? {};
    expect([...(shifts?.exponent ?? [])]).toEqual([0, 1, 2, 0]);
    expect([...(shifts?.odd ?? [])]).toEqual([0, 0, 0, 0]);
  });
});
