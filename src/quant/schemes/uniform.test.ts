import { describe, expect, it } from "vitest";
import type { Quantizer } from "../../graph/quantizer.ts";
import { tensor } from "../../tensor/tensor.ts";
import { symmetric } from "./symmetric.ts";
import { uniform } from "./uniform.ts";

function make(scale: number[], zeroPoint: number[], bits = 4, axis: Quantizer["axis"] = null): Quantizer {
  return { scheme: "uniform", bits, levels: "strict", scale: Float32Array.from(scale), zeroPoint: Float32Array.from(zeroPoint), axis };
}

describe("symmetric", () => {
  it("fits the larger end, so that all codes are in use around an exact zero", () => {
    expect(symmetric.fit({ low: -3, high: 1 }, 2)).toEqual({ scale: 2, zeroPoint: 2, roundingMargin: 0.5 });
    expect(symmetric.fit({ low: -1, high: 1.875 }, 3)).toEqual({ scale: Math.fround(1.875 / 3.5), zeroPoint: 4, roundingMargin: 0.5 });
    const q = { ...make([2], [2], 2), scheme: "symmetric" };
    expect([-9, -3, -2, 0, 0.9, 1, 1.1, 9].map((x) => symmetric.quantize(x, q))).toEqual([0, 0, 1, 2, 2, 2, 3, 3]);
    expect([0, 1, 2, 3].map((code) => symmetric.dequantize(code, q))).toEqual([-4, -2, 0, 2]);
  });

  it("has a scale for nothing but zeros", () => {
    expect(symmetric.fit({ low: 0, high: 0 }, 8)).toEqual({ scale: 1, zeroPoint: 128, roundingMargin: 0.5 });
  });
});

describe("uniform", () => {
  it("rounds halves to even before the zero point is added", () => {
    const q = make([1], [3]);
    expect([-1.5, -0.5, 0.5, 1.5, 2.5].map((x) => uniform.quantize(x, q))).toEqual([1, 3, 3, 5, 5]);
  });

  it("clamps codes, not zero points", () => {
    expect([-10, 0, 20].map((x) => uniform.quantize(x, make([1], [-3])))).toEqual([0, 0, 15]);
    expect([-20, -6, 10].map((x) => uniform.quantize(x, make([1], [20])))).toEqual([0, 14, 15]);
    expect(uniform.dequantize(0, make([0.5], [20]))).toBe(-10);
  });

  it("keeps a fractional zero point through codes and clamps, as published", () => {
    const q = { ...make([1], [7.25]), levels: "as-published" as const };
    expect([-100, -7, 0, 7, 100].map((x) => uniform.quantize(x, q))).toEqual([0, 0.25, 7.25, 14.25, 15]);
    expect(uniform.dequantize(15, q)).toBe(7.75);
  });

  it("fits the range: scale = range / (2^bits - 1), zero point = rint(-low / scale)", () => {
    expect(uniform.fit({ low: -1, high: 2 }, 2)).toEqual({ scale: 1, zeroPoint: 1, roundingMargin: 0.5 });
    const fit = uniform.fit({ low: -1.25, high: 1.75 }, 2);
    expect([fit.scale, fit.zeroPoint, fit.roundingMargin]).toEqual([1, 1, 0.25]);
    expect(uniform.fit({ low: 5, high: 8 }, 2).zeroPoint).toBe(-5);
    expect(Object.is(uniform.fit({ low: 0, high: 3 }, 2).zeroPoint, 0)).toBe(true);
  });

  it.each([0, 3.7, -3.7, 1e-30])("represents a constant %d exactly", (value) => {
    const { scale, zeroPoint } = uniform.fit({ low: value, high: value }, 3);
    const x = tensor([2], Float32Array.of(value, value));
    expect(uniform.fakeQuantize(x, make([scale], [zeroPoint ?? Number.NaN], 3)).data).toEqual(x.data);
  });

  it("keeps codes countable when the range is tiny beside its offset", () => {
    const low = Math.fround(1000);
    const high = Math.fround(1000.0001);
    const { scale, zeroPoint } = uniform.fit({ low, high }, 8);
    expect(Math.abs(zeroPoint ?? 0)).toBeLessThanOrEqual(2 ** 22);
    const out = uniform.fakeQuantize(tensor([2], Float32Array.of(low, high)), make([scale], [zeroPoint ?? 0], 8)).data;
    expect(Math.max(Math.abs(out[0] - low), Math.abs(out[1] - high))).toBeLessThan(1e-3);
  });

  it("takes one step per row (axis 0) or per column (axis -1)", () => {
    const x = tensor([2, 2], Float32Array.of(1.4, 1.4, 1.4, 1.4));
    expect([...uniform.fakeQuantize(x, make([1, 0.5], [0, 0], 4, 0)).data]).toEqual([1, 1, 1.5, 1.5]);
    expect([...uniform.fakeQuantize(x, make([1, 0.5], [0, 0], 4, -1)).data]).toEqual([1, 1.5, 1, 1.5]);
  });

  it("takes one step per head (runs of columns), per token (axis -2), per group of a row (axis 0)", () => {
    const fake = (shape: number[], axis: Quantizer["axis"]) => [
      ...uniform.fakeQuantize(tensor(shape, new Float32Array(8).fill(1.4)), make([1, 0.5], [0, 0], 4, axis)).data,
    ];
    expect(fake([2, 4], -1)).toEqual([1, 1, 1.5, 1.5, 1, 1, 1.5, 1.5]);
    expect(fake([2, 2, 2], -2)).toEqual([1, 1, 1.5, 1.5, 1, 1, 1.5, 1.5]);
    expect(fake([1, 8], 0)).toEqual([1, 1, 1, 1, 1.5, 1.5, 1.5, 1.5]);
  });

  it("rounds halves to even in a tensor as in single values", () => {
    const values = Float32Array.from({ length: 81 }, (_, i) => (i - 40) / 4);
    const q = make([0.5], [8], 4);
    const restored = values.map((x) => uniform.dequantize(uniform.quantize(x, q), q));
    expect(uniform.fakeQuantize(tensor([81], values), q).data).toEqual(restored);
    expect(uniform.fakeQuantize(tensor([4], Float32Array.of(0.25, 0.75, 3e38, -3e38)), q).data).toEqual(Float32Array.of(0, 1, 3.5, -4));
  });

  it("has a codebook whose thresholds are the halves between levels", () => {
    const codebook = uniform.codebook?.(make([0.25], [1], 2));
    // Codes 0 1 2 3 stand for -0.25 0 0.25 0.5; x = 0.125 and x = -0.125 are ties that go to the even multiple 0.
    expect([...(codebook?.decode ?? [])]).toEqual([-0.25, 0, 0.25, 0.5]);
    expect(codebook?.ascending).toBe(true);
    expect(codebook?.thresholds[0]).toBe(0.375);
    expect(codebook?.thresholds[1]).toBeCloseTo(0.125, 7);
    expect(codebook?.thresholds[1]).toBeGreaterThan(0.125);
    expect(codebook?.thresholds[2]).toBe(-0.125);
    expect(() => uniform.codebook?.(make([0.25], [0.5], 2))).toThrow("integer zero point");
  });
});
