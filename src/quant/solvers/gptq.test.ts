import { describe, expect, it } from "vitest";
import { tensor } from "../../tensor/tensor.ts";
import { identity, inverse, matrixOf, plus, times, transpose, upperCholesky, type Matrix } from "../../testing/dense.ts";
import { randomLayer, rowQuantizer, type RandomLayer } from "../../testing/layer-problem.ts";
import { encodeTensor } from "../schemes/encode.ts";
import { uniform } from "../schemes/uniform.ts";
import { createGptaq, gptaq } from "./gptaq.ts";
import { createGptq, gptq } from "./gptq.ts";
import { nearest } from "./nearest.ts";
import { proxyError, proxyErrors } from "./proxy.ts";
import { columnOrder } from "./sweep.ts";

interface Published {
  readonly order: "natural" | "diagonal";
  readonly damping: number;
  readonly alpha: number;
}

/** The programs as published: inverse, upper Cholesky factor, one column after the other. */
function published({ weight, shape: [, k], quantizer, inputs }: RandomLayer, { order, damping, alpha }: Published): number[] {
  const places = [...columnOrder(inputs.gram, k, order)].reverse();
  const sorted = (a: Matrix) => places.map((i) => places.map((j) => a[i][j]));
  const h = sorted(matrixOf(inputs.gram, k));
  const d = sorted(matrixOf(inputs.error?.gram ?? [], k));
  const mean = h.reduce((sum, row, i) => sum + row[i], 0) / k;
  const u = upperCholesky(inverse(plus(h, identity(k, damping * mean))));
  const upper = times(d, transpose(u)).map((row, i) => row.map((value, j) => (j > i ? alpha * value : 0)));
  const p = times(upper, u);
  return matrixOf(weight, k).flatMap((row, n) => {
    const w = places.map((i) => row[i]);
    const out: number[] = [];
    for (let i = 0; i < k; i++) {
      const current = w[i];
      const q = uniform.dequantize(uniform.quantize(Math.fround(current), quantizer, n), quantizer, n);
      out[places[i]] = q;
      const e = (current - q) / u[i][i];
      for (let j = i; j < k; j++) w[j] -= e * u[i][j] - current * p[i][j];
    }
    return out;
  });
}

const withIdentity = (layer: RandomLayer): RandomLayer => {
  const k = layer.shape[1];
  return { ...layer, inputs: { ...layer.inputs, gram: Float64Array.from(identity(k).flat()) } };
};

/** sum over rows of (w^ x^ - w x)^2, from the data. */
function outputError({ weight, shape: [, k], x, quantized }: RandomLayer, solved: Float32Array): number {
  const float = times(matrixOf(x, k), transpose(matrixOf(weight, k)));
  const got = times(matrixOf(quantized, k), transpose(matrixOf(solved, k)));
  return plus(got, float, -1)
    .flat()
    .reduce((sum, value) => sum + value * value, 0);
}

describe("gptq", () => {
  it.each(["natural", "diagonal"] as const)("is the published sweep, to the code (%s order)", (order) => {
    const layer = randomLayer({ seed: 1, n: 6, k: 150, rows: 200 });
    const { weight, bias } = createGptq({ order }).solve(layer);
    expect([...weight]).toEqual(published(layer, { order, damping: 0.01, alpha: 0 }));
    expect(bias).toBe(layer.bias);
    expect(weight).not.toEqual(nearest.solve(layer).weight);
  });

  it("with H = I is rounding to nearest", () => {
    const layer = withIdentity(randomLayer({ seed: 2, n: 5, k: 70, rows: 3 }));
    expect(gptq.solve(layer).weight).toEqual(nearest.solve(layer).weight);
  });

  it("lies between the best of all roundings and the nearest values", () => {
    let strictlyBetter = 0;
    for (let seed = 10; seed < 20; seed++) {
      const layer = randomLayer({ seed, n: 3, k: 5, rows: 40, bits: 2 });
      const best = exhaustive(layer);
      const solved = proxyErrors(layer.weight, createGptq({ damping: 1e-6 }).solve(layer).weight, layer.inputs.gram, 5);
      best.forEach((error, row) => expect(solved[row]).toBeGreaterThanOrEqual(error * (1 - 1e-9)));
      const rounded = proxyError(layer.weight, nearest.solve(layer).weight, layer.inputs.gram, 5);
      const total = solved.reduce((sum, value) => sum + value, 0);
      if (total < rounded) strictlyBetter++;
    }
    // The sweep is greedy: on tiny layers it may lose. Seeds are fixed.
    expect(strictlyBetter).toBeGreaterThanOrEqual(7);
  });

  it.each([21, 22, 23])("lowers the proxy error well below that of nearest values, also with dependent channels (seed %d)", (seed) => {
    const layer = randomLayer({ seed, n: 16, k: 96, rows: 64 });
    const error = (weight: Float32Array) => proxyError(layer.weight, weight, layer.inputs.gram, 96);
    expect(error(gptq.solve(layer).weight)).toBeLessThan(0.5 * error(nearest.solve(layer).weight));
  });

  it("gives values whose codes decode to themselves, the same in every run", () => {
    const layer = randomLayer({ seed: 3, n: 9, k: 80, rows: 100, bits: 4 });
    const { weight } = gptq.solve(layer);
    const codes = encodeTensor(tensor(layer.shape, weight), layer.quantizer);
    expect([...codes.data].map((code, i) => uniform.dequantize(code, layer.quantizer, Math.floor(i / 80)))).toEqual([...weight]);
    expect(gptq.solve(layer).weight).toEqual(weight);
  });

  it("takes scales by group of columns, and one for all", () => {
    const layer = randomLayer({ seed: 4, n: 4, k: 64, rows: 100 });
    for (const run of [16, layer.weight.length]) {
      const quantizer = rowQuantizer(layer.weight, run, 3);
      const { weight } = gptq.solve({ ...layer, quantizer });
      expect(uniform.fakeQuantize(tensor(layer.shape, weight), quantizer).data).toEqual(weight);
      const rounded = nearest.solve({ ...layer, quantizer }).weight;
      expect(proxyError(layer.weight, weight, layer.inputs.gram, 64)).toBeLessThan(
        proxyError(layer.weight, rounded, layer.inputs.gram, 64),
      );
    }
  });

  it("rounds the weights of channels that are always zero, and everything when there are no rows", () => {
    const layer = randomLayer({ seed: 5, n: 4, k: 12, rows: 30 });
    const gram = layer.inputs.gram.slice();
    const dead = [0, 7];
    for (const i of dead) for (let j = 0; j < 12; j++) gram[i * 12 + j] = gram[j * 12 + i] = 0;
    const rounded = nearest.solve(layer).weight;
    const { weight } = gptq.solve({ ...layer, inputs: { ...layer.inputs, gram } });
    for (let row = 0; row < 4; row++) for (const i of dead) expect(weight[row * 12 + i]).toBe(rounded[row * 12 + i]);
    const inputs = { count: 0, gram: new Float64Array(144), sum: new Float64Array(12) };
    expect(gptq.solve({ ...layer, inputs }).weight).toEqual(rounded);
  });

  it("refuses grids that are not evenly spaced integers", () => {
    const layer = randomLayer({ seed: 6, n: 2, k: 4, rows: 8 });
    expect(() => gptq.solve({ ...layer, quantizer: { ...layer.quantizer, scheme: "log2" } })).toThrow("no weight grid");
    const zeroPoint = Float32Array.of(0.5, 1);
    expect(() => gptq.solve({ ...layer, quantizer: { ...layer.quantizer, zeroPoint } })).toThrow("whole runs");
  });
});

describe("gptaq", () => {
  it("is the published sweep, to the code", () => {
    const layer = randomLayer({ seed: 7, n: 6, k: 140, rows: 200, step: 2 });
    const { weight } = gptaq.solve(layer);
    expect([...weight]).toEqual(published(layer, { order: "diagonal", damping: 0.1, alpha: 0.25 }));
    expect(weight).not.toEqual(createGptq({ damping: 0.1 }).solve(layer).weight);
  });

  it("without input error is GPTQ, to the bit", () => {
    const layer = randomLayer({ seed: 8, n: 6, k: 130, rows: 150 });
    const error = { gram: new Float64Array(130 * 130), sum: new Float64Array(130) };
    const solved = createGptaq({ damping: 0.01 }).solve({ ...layer, inputs: { ...layer.inputs, error } });
    expect(solved.weight).toEqual(gptq.solve(layer).weight);
    expect(createGptaq({ damping: 0.01, alpha: 0 }).solve(layer).weight).toEqual(gptq.solve(layer).weight);
  });

  it.each([31, 32, 33])("comes closer to the float layer on float inputs than GPTQ (seed %d)", (seed) => {
    const layer = randomLayer({ seed, n: 16, k: 64, rows: 300, bits: 4, step: 2 });
    const plain = outputError(layer, createGptq({ damping: 0.1 }).solve(layer).weight);
    expect(outputError(layer, gptaq.solve(layer).weight)).toBeLessThan(plain);
    expect(plain).toBeLessThan(outputError(layer, nearest.solve(layer).weight));
  });

  it("asks for the sums with the input error", () => {
    const layer = randomLayer({ seed: 9, n: 2, k: 4, rows: 8 });
    const { count, gram, sum } = layer.inputs;
    expect(() => gptaq.solve({ ...layer, inputs: { count, gram, sum } })).toThrow("needs the sums with the input error");
  });
});

/** Smallest e H e^T of each row over all codes. */
function exhaustive({ weight, shape: [n, k], quantizer, inputs }: RandomLayer): number[] {
  const levels = 2 ** quantizer.bits;
  return Array.from({ length: n }, (_, row) => {
    let best = Number.POSITIVE_INFINITY;
    for (let choice = 0; choice < levels ** k; choice++) {
      const e = Array.from({ length: k }, (_v, i) => {
        const code = Math.floor(choice / levels ** i) % levels;
        return uniform.dequantize(code, quantizer, row) - weight[row * k + i];
      });
      let error = 0;
      for (let i = 0; i < k; i++) for (let j = 0; j < k; j++) error += e[i] * inputs.gram[i * k + j] * e[j];
      best = Math.min(best, error);
    }
    return best;
  });
}
