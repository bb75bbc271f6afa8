import { describe, expect, it } from "vitest";
import { tensor } from "../../tensor/tensor.ts";
import { matrixOf, plus, times, transpose } from "../../testing/dense.ts";
import { randomLayer } from "../../testing/layer-problem.ts";
import { symmetric } from "../schemes/symmetric.ts";
import { uniform } from "../schemes/uniform.ts";
import { createInputSums } from "./input-sums.ts";
import { weightSolvers } from "./index.ts";

describe("weight solvers", () => {
  it.each(Object.entries(weightSolvers))("%s: named as registered, finite and on the grid for hard layers", (name, solver) => {
    expect(solver.name).toBe(name);
    const layer = randomLayer({ seed: 1, n: 5, k: 66, rows: 7, bits: 2 });
    const constant = new Float64Array(66 * 66).fill(7);
    for (const gram of [layer.inputs.gram, constant, layer.inputs.gram.map((value) => value * 1e-30)]) {
      const { weight, bias } = solver.solve({ ...layer, inputs: { ...layer.inputs, gram, sum: new Float64Array(66) } });
      expect(uniform.fakeQuantize(tensor(layer.shape, weight), layer.quantizer).data).toEqual(weight);
      expect(bias?.every(Number.isFinite)).toBe(true);
    }
  });

  it.each(Object.values(weightSolvers))("$name works on symmetric grids", (solver) => {
    const layer = randomLayer({ seed: 2, n: 3, k: 10, rows: 30 });
    const quantizer = { ...layer.quantizer, scheme: "symmetric", zeroPoint: Float32Array.of(4, 4, 4) };
    const { weight } = solver.solve({ ...layer, quantizer });
    expect(symmetric.fakeQuantize(tensor(layer.shape, weight), quantizer).data).toEqual(weight);
  });
});

describe("createInputSums", () => {
  it("sums x^ x^^T and (x - x^) x^^T over batches", () => {
    const layer = randomLayer({ seed: 3, n: 1, k: 4, rows: 12 });
    const collector = createInputSums(4, true);
    collector.add(layer.quantized.subarray(0, 20), layer.x.subarray(0, 20));
    collector.add(layer.quantized.subarray(20), layer.x.subarray(20));
    const { count, gram, sum, error } = collector.total();
    const [x, q] = [matrixOf(layer.x, 4), matrixOf(layer.quantized, 4)];
    const d = plus(x, q, -1);
    const expectClose = (actual: Float64Array, expected: number[]) =>
      expected.forEach((value, i) => expect(actual[i]).toBeCloseTo(value, 5));
    const total = (rows: number[][]) => transpose(rows).map((column) => column.reduce((a, b) => a + b));
    expect(count).toBe(12);
    expectClose(gram, times(transpose(q), q).flat());
    expectClose(sum, total(q));
    expectClose(error?.gram ?? new Float64Array(16), times(transpose(d), q).flat());
    expectClose(error?.sum ?? new Float64Array(4), total(d));
  });

  it("collects no error sums unless asked to, and then insists on float inputs", () => {
    const plain = createInputSums(2, false);
    plain.add(Float32Array.of(1, 2));
    expect(plain.total()).toEqual({ count: 1, gram: Float64Array.of(1, 2, 2, 4), sum: Float64Array.of(1, 2) });
    expect(() => createInputSums(2, true).add(Float32Array.of(1, 2))).toThrow("need the float inputs");
  });
});
