import { describe, expect, it } from "vitest";
import { matrixOf, plus, times, transpose } from "../../testing/dense.ts";
import { randomLayer, type RandomLayer } from "../../testing/layer-problem.ts";
import { withBiasShift } from "./bias-shift.ts";
import { createGptaq } from "./gptaq.ts";
import { gptq } from "./gptq.ts";
import { nearest } from "./nearest.ts";
import type { LayerSolution } from "./solver.ts";

/** Per output: (quantized layer on x^) - (float layer on `inputs`), for every row. */
function errors({ weight, bias, shape: [, k], quantized }: RandomLayer, solved: LayerSolution, inputs: Float32Array): number[][] {
  const stacked = (w: Float32Array, b: Float32Array | null) => transpose(matrixOf(w, k).map((row, i) => [...row, b?.[i] ?? 0]));
  const withOne = (x: Float32Array) => matrixOf(x, k).map((row) => [...row, 1]);
  return transpose(plus(times(withOne(quantized), stacked(solved.weight, solved.bias)), times(withOne(inputs), stacked(weight, bias)), -1));
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const squares = (rows: number[][]) => rows.flat().reduce((sum, value) => sum + value * value, 0);

describe("withBiasShift", () => {
  it("leaves no mean error, and less error than the solver alone", () => {
    const layer = randomLayer({ seed: 1, n: 6, k: 40, rows: 100 });
    for (const solver of [nearest, gptq]) {
      const found = errors(layer, withBiasShift(solver).solve(layer), layer.quantized);
      for (const row of found) expect(mean(row)).toBeCloseTo(0, 6);
      expect(squares(found)).toBeLessThan(squares(errors(layer, solver.solve(layer), layer.quantized)));
    }
  });

  it("aims at float inputs where the solver does", () => {
    const layer = randomLayer({ seed: 2, n: 6, k: 40, rows: 100, step: 2 });
    const solver = createGptaq();
    for (const row of errors(layer, withBiasShift(solver).solve(layer), layer.x)) expect(mean(row)).toBeCloseTo(0, 6);
    for (const row of errors(layer, solver.solve(layer), layer.x)) expect(Math.abs(mean(row))).toBeGreaterThan(1e-4);
  });

  it("puts a constant channel wholly into the bias, and changes nothing without rows", () => {
    const layer = randomLayer({ seed: 3, n: 3, k: 2, rows: 9 });
    const inputs = { count: 4, gram: Float64Array.of(36, 0, 0, 0), sum: Float64Array.of(12, 0) };
    const { weight, bias } = withBiasShift(gptq).solve({ ...layer, inputs });
    expect(weight).toEqual(nearest.solve(layer).weight);
    bias?.forEach((b, row) => expect(b).toBeCloseTo((layer.bias?.[row] ?? 0) + 3 * (layer.weight[2 * row] - weight[2 * row]), 6));
    const none = { count: 0, gram: new Float64Array(4), sum: new Float64Array(2) };
    expect(withBiasShift(gptq).solve({ ...layer, inputs: none })).toEqual(gptq.solve({ ...layer, inputs: none }));
  });
});
