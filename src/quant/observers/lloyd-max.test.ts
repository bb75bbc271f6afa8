import { describe, expect, it } from "vitest";
import { seededRandom } from "../../tensor/random.ts";
import { tensor } from "../../tensor/tensor.ts";
import { lloyd, lloydFit } from "../schemes/lloyd.ts";
import { uniform } from "../schemes/uniform.ts";
import { histogramOf } from "./histogram.ts";
import { placeLevels } from "./lloyd-max.ts";
import { quantizerOf } from "./squared-error.ts";

/** The free codebook for these values, 0 among its levels. */
function fitted(values: Float32Array<ArrayBuffer>, bits: number) {
  return quantizerOf(lloydFit(placeLevels(histogramOf(values, bits), 2 ** bits, "zero first").levels), target(bits));
}

const target = (bits: number) => ({ scheme: lloyd, bits, levels: "strict" as const });

describe("placeLevels", () => {
  it("finds the clusters of clustered data, with 0 for the values near 0", () => {
    const centres = Float32Array.of(0.001, 0.1, 0.12, 0.5, 0.52, 0.9);
    const { levels } = placeLevels({ centres, counts: new Float64Array(6).fill(10), low: 0.001, high: 0.9 }, 4, "zero first");
    expect(levels.map((level) => Number(level.toFixed(4)))).toEqual([0, 0.11, 0.51, 0.9]);
  });

  it("keeps the known optimum of a uniform density: equal steps, the lowest fixed at 0", () => {
    // Levels 0, d, 2d, 3d with cells of width d (half as much at 0) and the top cell centred on 3d: d = 1 / 3.5.
    const centres = Float32Array.from({ length: 20000 }, (_, i) => (i + 0.5) / 20000);
    const { levels } = placeLevels({ centres, counts: new Float64Array(20000).fill(1), low: 0, high: 1 }, 4, "zero first");
    levels.forEach((level, i) => expect(level).toBeCloseTo(i / 3.5, 3));
  });
});

describe("placeLevels, all levels free", () => {
  it("finds the known optimum of the normal density: +-0.4528 and +-1.510 for four levels (Max 1960)", () => {
    const centres = Float32Array.from({ length: 4001 }, (_, i) => (i - 2000) / 400);
    const counts = Float64Array.from(centres, (x) => Math.exp((-x * x) / 2));
    const { levels } = placeLevels({ centres, counts, low: -5, high: 5 }, 4, "free");
    [-1.51, -0.4528, 0.4528, 1.51].forEach((level, i) => expect(levels[i]).toBeCloseTo(level, 2));
  });
});

describe("placeLevels, few huge values among many small ones", () => {
  it("leaves at most a little more error than the best of many random starts", () => {
    const random = seededRandom(11);
    const values = Float32Array.from({ length: 3000 }, (_, i) => (i % 300 === 0 ? 40 + 20 * random() : random() * random() - 0.15)).sort();
    const counts = new Float64Array(values.length).fill(1);
    const error = (levels: readonly number[]) => values.reduce((sum, x) => sum + Math.min(...levels.map((level) => (x - level) ** 2)), 0);
    const { levels } = placeLevels({ centres: values, counts, low: values[0], high: values[2999] }, 8, "free");
    let best = Number.POSITIVE_INFINITY;
    for (let trial = 0; trial < 30; trial++) {
      const start = Array.from({ length: 8 }, () => values[Math.floor(random() * 3000)]).sort((a, b) => a - b);
      for (let step = 0; step < 60; step++) {
        const sums = start.map(() => [0, 0]);
        for (const x of values) {
          const nearest = start.reduce((found, level, i) => (Math.abs(x - level) < Math.abs(x - start[found]) ? i : found), 0);
          sums[nearest][0] += x;
          sums[nearest][1]++;
        }
        sums.forEach(([sum, n], i) => n > 0 && (start[i] = sum / n));
      }
      best = Math.min(best, error(start));
    }
    expect(error(levels)).toBeLessThan(1.1 * best);
  });
});

describe("placeLevels as a quantizer", () => {
  it("leaves less error than any uniform quantizer with zero at code 0, on skewed data", () => {
    const random = seededRandom(3);
    const values = Float32Array.from({ length: 4000 }, () => 2 ** (-12 * random()));
    const found = fitted(values, 4);
    const error = (restored: Float32Array) => values.reduce((sum, x, i) => sum + (x - restored[i]) ** 2, 0);
    const ours = error(lloyd.fakeQuantize(tensor([4000], values), found).data);
    for (const factor of [1, 0.8, 0.6, 0.4]) {
      const fit = uniform.fit({ low: 0, high: factor }, 4);
      const quantizer = quantizerOf(fit, { ...target(4), scheme: uniform });
      expect(ours).toBeLessThan(error(uniform.fakeQuantize(tensor([4000], values), quantizer).data));
    }
    expect(lloyd.fakeQuantize(tensor([1], Float32Array.of(0)), found).data[0]).toBe(0);
  });

  it("survives constants and zeros", () => {
    for (const value of [0, 0.25]) {
      const values = new Float32Array(10).fill(value);
      const found = fitted(values, 3);
      expect(lloyd.fakeQuantize(tensor([10], values), found).data[0]).toBeCloseTo(value, 3);
    }
  });
});
