import { describe, expect, it } from "vitest";
import { seededNormal } from "../../tensor/random.ts";
import { schemes } from "../schemes/index.ts";
import { histogramOf } from "./histogram.ts";
import { histogramError } from "./rank-fits.ts";
import { squaredError } from "./squared-error.ts";

const normal = seededNormal(5);
/** Softmax-like: e^x over twenty octaves, at most 1. */
const probabilities = Float32Array.from({ length: 50_000 }, () => Math.min(1, Math.exp(2 * normal() - 5)));
const signed = Float32Array.from({ length: 50_000 }, (_, i) => normal() * (i % 50 === 0 ? 10 : 1) + 0.3);

function sumOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum;
}

describe("histogram", () => {
  it.each([
    ["probabilities", probabilities],
    ["both signs", signed],
  ])("keeps count, sum, squares and ends: %s", (_title, values) => {
    const { centres, counts, scatter, low, high } = histogramOf(values, 4);
    expect(sumOf(counts)).toBe(values.length);
    expect(sumOf(centres.map((centre, i) => centre * counts[i])) / sumOf(values)).toBeCloseTo(1, 5);
    const squares = sumOf(Float64Array.from(centres, (centre, i) => counts[i] * centre * centre)) + scatter;
    expect(squares / sumOf(Float64Array.from(values, (x) => x * x))).toBeCloseTo(1, 6);
    expect([low, high]).toEqual([Math.min(...values), Math.max(...values)]);
    expect(centres.every((centre, i) => i === 0 || centre > centres[i - 1])).toBe(true);
  });

  it("has few bins, fine ones near zero and near the top", () => {
    const { centres } = histogramOf(probabilities, 4);
    expect(centres.length).toBeLessThan(2500);
    const gaps = centres.slice(1).map((centre, i) => centre - centres[i]);
    expect(Math.max(...gaps)).toBeLessThan(1 / 64);
    const near = centres.findIndex((centre) => centre > 1e-4);
    expect(gaps[near] / centres[near]).toBeLessThan(0.04);
  });

  it.each([
    ["uniform", 4, signed],
    ["uniform", 8, signed],
    ["uniform", 8, probabilities],
    ["log-sqrt2", 4, probabilities],
    ["adalog", 6, probabilities],
    ["tan", 8, probabilities],
    ["twin-gelu", 4, signed],
  ] as const)("judges %s at %i bits as the values themselves do", (name, bits, values) => {
    const target = { scheme: schemes[name], bits, levels: "strict" } as const;
    const histogram = histogramOf(values, bits);
    const fit = target.scheme.fit(histogram, bits);
    const exact = squaredError(values, fit.scale, fit.zeroPoint, target, fit.parameters);
    expect(Math.abs(histogramError(histogram, fit, target) / exact - 1)).toBeLessThan(0.03);
  });

  it("keeps few values as they are", () => {
    const { centres, counts, scatter } = histogramOf(Float32Array.of(3, -1, 2, -1), 4);
    expect([[...centres], [...counts], scatter]).toEqual([[-1, -1, 2, 3], [1, 1, 1, 1], 0]);
  });

  it("of many equal values is one bin, exactly", () => {
    const { centres, counts, scatter, low, high } = histogramOf(new Float32Array(10_000).fill(Math.fround(-0.1)), 8);
    expect([[...centres], [...counts], low, high]).toEqual([[Math.fround(-0.1)], [10_000], Math.fround(-0.1), Math.fround(-0.1)]);
    expect(scatter).toBeLessThan(1e-12);
  });

  it("of zeros and of nothing", () => {
    expect([...histogramOf(new Float32Array(10_000), 8).centres]).toEqual([0]);
    expect(() => histogramOf(new Float32Array(0), 8)).toThrow("histogram of nothing");
  });

  it("is made once for the same values and bits", () => {
    expect(histogramOf(signed, 6)).toBe(histogramOf(signed, 6));
    expect(histogramOf(signed, 6).centres.length).toBeGreaterThan(histogramOf(signed, 3).centres.length);
  });
});
