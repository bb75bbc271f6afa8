import { describe, expect, it } from "vitest";
import { tensor } from "../../tensor/tensor.ts";
import { matrixOf, plus, times, transpose } from "../../testing/dense.ts";
import { randomLayer, type RandomLayer } from "../../testing/layer-problem.ts";
import { uniform } from "../schemes/uniform.ts";
import { gptq } from "./gptq.ts";
import { nearest } from "./nearest.ts";
import { proxyError } from "./proxy.ts";
import { flipRoundings } from "./round-flips.ts";

const errorOf = ({ weight, inputs, shape }: RandomLayer, restored: Float32Array) => proxyError(weight, restored, inputs.gram, shape[1]);

describe("flipRoundings", () => {
  it.each([1, 2, 3])("ends where no single step helps, on the grid, no worse than its start (seed %d)", (seed) => {
    const layer = randomLayer({ seed, n: 4, k: 24, rows: 60 });
    for (const start of [nearest.solve(layer).weight, gptq.solve(layer).weight]) {
      const { weight } = flipRoundings(layer, start);
      const error = errorOf(layer, weight);
      expect(error).toBeLessThanOrEqual(errorOf(layer, start));
      expect(uniform.fakeQuantize(tensor(layer.shape, weight), layer.quantizer).data).toEqual(weight);
      for (let i = 0; i < weight.length; i++) {
        const row = Math.floor(i / 24);
        const code = uniform.quantize(weight[i], layer.quantizer, row);
        for (const other of [code - 1, code + 1].filter((value) => value >= 0 && value < 8)) {
          const changed = weight.with(i, uniform.dequantize(other, layer.quantizer, row));
          expect(errorOf(layer, changed)).toBeGreaterThan(error * (1 - 1e-6));
        }
      }
    }
  });

  it("takes the best step first and counts: one flip of two channels that cancel", () => {
    // Equal inputs: the errors 0.4 + 0.4 cancel best as 0.4 - 0.6.
    const problem = {
      weight: Float32Array.of(0.4, 0.4, 3),
      bias: null,
      shape: [1, 3],
      quantizer: { scheme: "uniform", bits: 2, levels: "strict", scale: Float32Array.of(1), zeroPoint: Float32Array.of(0), axis: 0 },
      inputs: { count: 2, gram: Float64Array.of(2, 2, 0, 2, 2, 0, 0, 0, 1), sum: new Float64Array(3) },
    } as const;
    const { weight, flips } = flipRoundings(problem, Float32Array.of(0, 0, 3));
    expect([...weight]).toEqual([1, 0, 3]);
    expect(flips).toBe(1);
    expect(flipRoundings(problem, Float32Array.of(0, 0, 3), { flips: 0 }).weight).toEqual(Float32Array.of(0, 0, 3));
  });

  it("with alpha = 1 lowers the error against the float layer on float inputs", () => {
    const layer = randomLayer({ seed: 4, n: 8, k: 32, rows: 200, bits: 4, step: 2 });
    const outputError = (weight: Float32Array) => {
      const float = times(matrixOf(layer.x, 32), transpose(matrixOf(layer.weight, 32)));
      const got = times(matrixOf(layer.quantized, 32), transpose(matrixOf(weight, 32)));
      return plus(got, float, -1)
        .flat()
        .reduce((sum, value) => sum + value * value, 0);
    };
    const start = gptq.solve(layer).weight;
    const aimed = outputError(flipRoundings(layer, start, { alpha: 1 }).weight);
    expect(aimed).toBeLessThan(outputError(start));
    expect(aimed).toBeLessThan(outputError(flipRoundings(layer, start).weight));
  });
});
