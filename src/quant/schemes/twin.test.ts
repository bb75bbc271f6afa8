import { describe, expect, it } from "vitest";
import type { Quantizer } from "../../graph/quantizer.ts";
import { twinGelu } from "./twin-gelu.ts";
import { twinSoftmax } from "./twin-softmax.ts";

function make(scheme: string, bits: number, scale: number, parameters: Record<string, number>): Quantizer {
  return { scheme, bits, levels: "strict", scale: Float32Array.of(scale), zeroPoint: new Float32Array(0), axis: null, parameters };
}

describe("twin uniform for softmax", () => {
  // Three bits, split 1/8: low codes 0..3 are 0, 1/24, 1/12, 1/8; high codes 4..7 are 0, 1/3, 2/3, 1.
  const q = make("twin-softmax", 3, 1 / 3, { splitExponent: 3 });

  it("has half of the codes below the split and half up to one", () => {
    const values = [0, 1, 2, 3, 4, 5, 6, 7].map((code) => twinSoftmax.dequantize(code, q));
    [0, 1 / 24, 1 / 12, 1 / 8, 0, 1 / 3, 2 / 3, 1].forEach((value, code) => expect(values[code]).toBeCloseTo(value, 7));
  });

  it("takes the nearest level of both grids", () => {
    const codes = [-1, 0, 0.02, 0.03, 0.1, 0.11, 0.125, 0.2, 0.22, 0.24, 0.49, 0.51, 0.9, 2].map((x) => twinSoftmax.quantize(x, q));
    expect(codes).toEqual([0, 0, 0, 1, 2, 3, 3, 3, 3, 5, 5, 6, 7, 7]);
  });

  it("leaves high codes that repeat a low level unused: split 1/2 at four bits", () => {
    const wide = make("twin-softmax", 4, 1 / 7, { splitExponent: 1 });
    const codes = Array.from({ length: 101 }, (_, i) => twinSoftmax.quantize(i / 100, wide));
    expect([...new Set(codes)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 12, 13, 14, 15]);
    const { thresholds } = twinSoftmax.codebook?.(wide) ?? {};
    expect(new Set(thresholds?.slice(3, 8)).size).toBe(1);
  });

  it("tries splits down to 2^-19", () => {
    const exponents = twinSoftmax.candidates?.({ low: 0, high: 1 }, 4).map(({ parameters }) => parameters?.["splitExponent"] ?? 0) ?? [];
    expect(exponents.sort((a, b) => a - b)).toEqual(Array.from({ length: 19 }, (_, i) => i + 1));
  });
});

describe("twin uniform for GELU", () => {
  // Three bits: negative step 0.16997 / 4 = 0.0424925, positive step four of these = 0.16997.
  const negative = 0.16997 / 4;
  const q = make("twin-gelu", 3, Math.fround(negative) * 4, { ratio: 2 });

  it("rounds negative numbers to fine steps and positive ones to coarse steps", () => {
    const codes = [-1, -0.17, -0.13, -0.06, -0.02, 0, 0.08, 0.09, 0.17, 0.26, 0.42, 0.43, 9].map((x) => twinGelu.quantize(x, q));
    expect(codes).toEqual([0, 0, 1, 3, 4, 4, 4, 5, 5, 6, 6, 7, 7]);
    const values = [0, 1, 2, 3, 4, 5, 6, 7].map((code) => twinGelu.dequantize(code, q) / negative);
    [-4, -3, -2, -1, 0, 4, 8, 12].forEach((value, code) => expect(values[code]).toBeCloseTo(value, 5));
  });

  it("fits the positive step to the range by a power of two, and tries all smaller ones", () => {
    // Reach with ratio m: 3 * 2^m * 0.0424925 = 0.1275 * 2^m; 2.9 needs m = 5.
    expect(twinGelu.fit({ low: -0.17, high: 2.9 }, 3).parameters).toEqual({ ratio: 5 });
    expect(twinGelu.fit({ low: -0.17, high: 0.1 }, 3).parameters).toEqual({ ratio: 0 });
    const candidates = twinGelu.candidates?.({ low: -0.17, high: 2.9 }, 3) ?? [];
    expect(candidates.map(({ parameters }) => parameters?.["ratio"])).toEqual([5, 4, 3, 2, 1, 0]);
    candidates.forEach(({ scale, parameters }) => expect(scale / 2 ** (parameters?.["ratio"] ?? 0)).toBeCloseTo(negative, 8));
  });
});
