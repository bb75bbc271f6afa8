import { describe, expect, it } from "vitest";
import type { Levels, Quantizer } from "../../graph/quantizer.ts";
import { tensor } from "../../tensor/tensor.ts";
import { sulq } from "./sulq.ts";

function make(bits: number, levels: Levels, parameters: Record<string, number>): Quantizer {
  return { scheme: "sulq", bits, levels, scale: Float32Array.of(1), zeroPoint: new Float32Array(0), axis: null, parameters };
}

/** Golden vector S1: eta = .001, three bits. */
const A = Float32Array.of(0.9, 0.5, 0.25, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0001, 1e-6);
const eta = Math.fround(0.001);
const S1 = { eta, low: Math.fround(-9.96434231), high: Math.fround(-0.15040099) };

describe("shift-uniform-log2", () => {
  it("golden vector S1 on 2^b - 1 steps, as the published search measures", () => {
    const q = make(3, "strict", S1);
    expect(Array.from(A, (x) => sulq.quantize(x, q))).toEqual([7, 6, 6, 5, 4, 3, 2, 2, 1, 1, 0, 0, 0]);
    const values = [0.999, 0.249, 0.249, 0.124, 0.0615, 0.014625, 0.0068125, 0.0068125, 0.00095312, 0.00095312];
    const restored = sulq.fakeQuantize(tensor([13], A), q).data;
    [...values, -0.00002344, -0.00002344, -0.00002344].forEach((value, i) => expect(restored[i]).toBeCloseTo(value, 7));
  });

  it("golden vector S1 on 2^b steps, as the published forward pass", () => {
    const q = make(3, "as-published", S1);
    expect(Array.from(A, (x) => sulq.quantize(x, q))).toEqual([8, 7, 6, 5, 5, 4, 3, 2, 1, 1, 0, 0, 0]);
    const values = [0.999, 0.499, 0.124, 0.0615, 0.0615, 0.03025, 0.014625, 0.00290625, 0.00095312, 0.00095312];
    const restored = sulq.fakeQuantize(tensor([13], A), q).data;
    [...values, -0.00002344, -0.00002344, -0.00002344].forEach((value, i) => expect(restored[i]).toBeCloseTo(value, 7));
  });

  it("fits the data's own ends as published", () => {
    const { parameters } = sulq.fit({ low: 1e-6, high: Math.fround(0.9) }, 3, "as-published");
    expect(parameters?.["eta"]).toBe(eta);
    expect(parameters?.["low"]).toBeCloseTo(-9.96434231, 5);
    expect(parameters?.["high"]).toBeCloseTo(-0.15040099, 6);
    expect(sulq.candidates?.({ low: 0, high: 1 }, 3, "as-published")).toHaveLength(11);
  });

  it("strict: zero is exact and levels are integers in units of eta = 2^-k", () => {
    const { eta: usual, low, high } = sulq.fit({ low: 0.2, high: 1 }, 3).parameters ?? {};
    expect([usual, low]).toEqual([2 ** -10, -10]);
    expect(high).toBeCloseTo(Math.log2(1 + 2 ** -10), 8);
    const q = make(3, "strict", { eta: 2 ** -3, low: -3, high: 0.5 });
    // Steps of half an octave from -3: exponents -3, -2.5 -> -2 (to even), -2, -1.5 -> -2, -1, -0.5 -> 0, 0, 0.5 -> 0.
    const levels = [-3, -2, -2, -2, -1, 0, 0, 0].map((e) => 2 ** e - 2 ** -3);
    expect([0, 1, 2, 3, 4, 5, 6, 7].map((code) => sulq.dequantize(code, q))).toEqual(levels);
    const { shifts } = sulq.codebook?.(q) ?? {};
    expect([...(shifts?.mantissa ?? [])]).toEqual([0, 1, 1, 1, 3, 7, 7, 7]);
    expect(new Set(shifts?.exponent)).toEqual(new Set([3]));
    expect(sulq.codebook?.({ ...q, levels: "as-published" }).shifts).toBeUndefined();
  });

  it("gives numbers without a logarithm the lowest code", () => {
    expect([-1, -0.001, -1e9].map((x) => sulq.quantize(x, make(4, "as-published", S1)))).toEqual([0, 0, 0]);
  });
});
