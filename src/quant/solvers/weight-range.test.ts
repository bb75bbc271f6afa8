import { describe, expect, it } from "vitest";
import { randomLayer } from "../../testing/layer-problem.ts";
import { symmetric } from "../schemes/symmetric.ts";
import { uniform } from "../schemes/uniform.ts";
import { nearest } from "./nearest.ts";
import { proxyErrors } from "./proxy.ts";
import { searchWeightRanges, WEIGHT_RANGE_DEFAULTS } from "./weight-range.ts";

const settings = { scheme: uniform, bits: 3, levels: "strict" } as const;

describe("searchWeightRanges", () => {
  it("with every candidate a finalist is the best factor of each row", () => {
    const layer = randomLayer({ seed: 1, n: 70, k: 20, rows: 60 });
    const { factors } = WEIGHT_RANGE_DEFAULTS;
    const problem = { ...layer, ...settings, gram: layer.inputs.gram };
    const { quantizer, errors } = searchWeightRanges(problem, { finalists: factors.length });
    const candidates = factors.map((factor) => {
      const fits = Array.from({ length: 70 }, (_, row) => {
        const values = layer.weight.subarray(row * 20, (row + 1) * 20);
        return uniform.fit({ low: factor * Math.min(...values), high: factor * Math.max(...values) }, 3);
      });
      const scale = Float32Array.from(fits, (fit) => fit.scale);
      const zeroPoint = Float32Array.from(fits, (fit) => fit.zeroPoint ?? 0);
      const { weight } = nearest.solve({ ...layer, quantizer: { ...layer.quantizer, scale, zeroPoint } });
      return { scale, errors: proxyErrors(layer.weight, weight, layer.inputs.gram, 20) };
    });
    for (let row = 0; row < 70; row++) {
      const best = candidates.reduce((a, b) => (b.errors[row] < a.errors[row] ? b : a));
      expect(errors[row]).toBeCloseTo(best.errors[row], 8);
      expect(quantizer.scale[row]).toBeCloseTo(best.scale[row], 6);
    }
    expect(new Set(quantizer.scale).size).toBeGreaterThan(60);
    expect(quantizer).toMatchObject({ scheme: "uniform", bits: 3, levels: "strict", axis: 0 });
  });

  it.each([2, 3])("reports the error of its quantizer, no row worse than the whole range (seed %d)", (seed) => {
    const layer = randomLayer({ seed, n: 9, k: 48, rows: 100 });
    for (const scheme of [uniform, symmetric]) {
      const problem = { ...layer, ...settings, scheme, gram: layer.inputs.gram };
      const { quantizer, errors } = searchWeightRanges(problem, { percentiles: [0.97, 0.99] });
      const reached = proxyErrors(layer.weight, nearest.solve({ ...layer, quantizer }).weight, layer.inputs.gram, 48);
      reached.forEach((error, row) => expect(errors[row]).toBeCloseTo(error, 8));
      const whole = searchWeightRanges(problem, { factors: [] });
      errors.forEach((error, row) => expect(error).toBeLessThanOrEqual(whole.errors[row]));
      expect(errors.reduce((a, b) => a + b)).toBeLessThan(0.9 * whole.errors.reduce((a, b) => a + b));
    }
  });

  it("ranks by the inputs: a weight that never matters does not widen the range", () => {
    const gram = Float64Array.of(0, 0, 0, 0, 1, 0, 0, 0, 1);
    const weight = Float32Array.of(8, 1, 0);
    const { quantizer, errors } = searchWeightRanges({ weight, shape: [1, 3], gram, ...settings }, { factors: [1, 0.5, 0.25, 0.125] });
    expect(quantizer.scale[0]).toBe(Math.fround(1 / 7));
    expect(errors[0]).toBeLessThan(1e-12);
  });
});
