import { describe, expect, it } from "vitest";
import { tensor } from "../../tensor/tensor.ts";
import { identity, inverse, matrixOf, plus, times, transpose, type Matrix } from "../../testing/dense.ts";
import { randomLayer, type RandomLayer } from "../../testing/layer-problem.ts";
import { uniform } from "../schemes/uniform.ts";
import { createErq, ERQ_DEFAULTS, erq } from "./erq.ts";
import { nearest } from "./nearest.ts";
import { ridgeUpdate } from "./ridge.ts";

const withOnes = (rows: Matrix) => rows.map((row) => [...row, 1]);
const columns = (a: Matrix, from: number, to: number) => a.map((row) => row.slice(from, to));

/** Stage W from the data instead of its sums, with every flip of a half tried on the whole quadratic form. */
function fromData(layer: RandomLayer, lambda: number, flips: number, metric: "own" | "remaining") {
  const { weight, bias, quantizer, quantized } = layer;
  const [n, k] = layer.shape;
  const x = withOnes(matrixOf(quantized, k));
  const w = matrixOf(weight, k).map((row, i) => [...row, bias?.[i] ?? 0]);
  let taken = 0;
  for (let start = 0; start < k;) {
    const end = start + Math.max(1, Math.floor((k + 1 - start) / 2));
    const first = columns(x, start, end);
    const rest = columns(x, end, k + 1);
    const cross = times(transpose(first), rest);
    const left = inverse(plus(times(transpose(rest), rest), identity(k + 1 - end, lambda)));
    const own = times(transpose(first), first);
    const e = metric === "own" ? own : plus(own, times(times(cross, left), transpose(cross)), -1);
    const errors: Matrix = [];
    for (let row = 0; row < n; row++) {
      const codes = w[row].slice(start, end).map((value) => uniform.quantize(Math.fround(value), quantizer, row));
      const errorOf = (chosen: number[]) => chosen.map((code, i) => uniform.dequantize(code, quantizer, row) - w[row][start + i]);
      const objective = (d: number[]) => times(times([d], e), transpose([d]))[0][0];
      for (let flip = 0; flip < flips; flip++) {
        const d = errorOf(codes);
        const gradient = times([d], e)[0];
        const other = codes.map((code, i) => code - Math.sign(d[i]));
        const allowed = codes
          .map((_, i) => i)
          .filter(
            (i) => gradient[i] * d[i] > 0 && other[i] >= 0 && other[i] < 2 ** quantizer.bits && Math.abs(d[i]) <= quantizer.scale[row],
          )
          .sort((a, b) => Math.abs(gradient[b]) - Math.abs(gradient[a]));
        if (allowed.length === 0) break;
        const flipped = codes.with(allowed[0], other[allowed[0]]);
        if (objective(errorOf(flipped)) >= objective(d)) break;
        codes.splice(0, codes.length, ...flipped);
        taken++;
      }
      errors.push(errorOf(codes));
      codes.forEach((code, i) => (w[row][start + i] = uniform.dequantize(code, quantizer, row)));
    }
    const change = times(times(errors, cross), left);
    change.forEach((row, i) => row.forEach((value, j) => (w[i][end + j] -= value)));
    start = end;
  }
  return { weight: columns(w, 0, k).flat(), bias: w.map((row) => row[k]), taken };
}

/** sum of (W^ x^ + b^ - W x^ - b)^2 over the data. */
function outputError(
  { weight, bias, shape: [, k], quantized }: RandomLayer,
  solved: { weight: ArrayLike<number>; bias: ArrayLike<number> | null },
) {
  const stacked = (w: ArrayLike<number>, b: ArrayLike<number> | null) => matrixOf(w, k).map((row, i) => [...row, b?.[i] ?? 0]);
  const difference = plus(stacked(solved.weight, solved.bias), stacked(weight, bias), -1);
  return times(withOnes(matrixOf(quantized, k)), transpose(difference))
    .flat()
    .reduce((sum, value) => sum + value * value, 0);
}

describe("erq", () => {
  it.each([
    [0, 1, "own"],
    [100, 2, "own"],
    [3, 3, "own"],
    [100, 2, "remaining"],
  ] as const)("is what the data say, with %d flips (seed %d, metric %s)", (flips, seed, metric) => {
    const layer = randomLayer({ seed, n: 5, k: 21, rows: 60 });
    const expected = fromData(layer, ERQ_DEFAULTS.lambdaPerRow * 60, flips, metric);
    const { weight, bias } = createErq({ flips, metric }).solve(layer);
    expect([...weight]).toEqual(expected.weight);
    expected.bias.forEach((value, row) => expect(bias?.[row]).toBeCloseTo(value, 5));
    expect(expected.taken > 0).toBe(flips > 0);
  });

  it.each([4, 5, 6])("comes closer to the float layer than nearest values; flips help by the remaining error (seed %d)", (seed) => {
    const layer = randomLayer({ seed, n: 16, k: 96, rows: 200 });
    const solved = outputError(layer, erq.solve(layer));
    expect(solved).toBeLessThan(0.5 * outputError(layer, nearest.solve(layer)));
    const remaining = outputError(layer, createErq({ metric: "remaining" }).solve(layer));
    expect(remaining).toBeLessThan(solved);
    expect(remaining).toBeLessThan(outputError(layer, createErq({ flips: 0 }).solve(layer)));
  });

  it("stays on the grid, gives a layer without bias one, and repeats itself", () => {
    const layer = { ...randomLayer({ seed: 7, n: 8, k: 40, rows: 50 }), bias: null };
    const { weight, bias } = erq.solve(layer);
    expect(uniform.fakeQuantize(tensor(layer.shape, weight), layer.quantizer).data).toEqual(weight);
    expect(bias).toHaveLength(8);
    expect(erq.solve(layer)).toEqual({ weight, bias });
  });

  it("is rounding to nearest when there are no rows, and for a single column of zeros", () => {
    const layer = randomLayer({ seed: 8, n: 3, k: 9, rows: 10 });
    const inputs = { count: 0, gram: new Float64Array(81), sum: new Float64Array(9) };
    expect(erq.solve({ ...layer, inputs })).toEqual({ weight: nearest.solve(layer).weight, bias: layer.bias });
    const one = randomLayer({ seed: 9, n: 3, k: 1, rows: 10 });
    const zeros = { count: 10, gram: new Float64Array(1), sum: new Float64Array(1) };
    expect(erq.solve({ ...one, inputs: zeros }).weight).toEqual(nearest.solve(one).weight);
  });
});

describe("ridgeUpdate", () => {
  it("is the explicit least squares on the data", () => {
    const layer = randomLayer({ seed: 11, n: 4, k: 15, rows: 80, step: 1.5 });
    const k = 15;
    const lambda = 3;
    const a = withOnes(matrixOf(layer.quantized, k));
    const theta = matrixOf(layer.weight, k).map((row, i) => [...row, layer.bias?.[i] ?? 0]);
    const y = times(withOnes(matrixOf(layer.x, k)), transpose(theta));
    const residual = plus(y, times(a, transpose(theta)), -1);
    const delta = transpose(times(inverse(plus(times(transpose(a), a), identity(k + 1, lambda))), times(transpose(a), residual)));
    const { weight, bias } = ridgeUpdate({ ...layer, lambda });
    const expected = plus(theta, delta);
    matrixOf(weight, k).forEach((row, i) => row.forEach((value, j) => expect(value).toBeCloseTo(expected[i][j], 6)));
    bias.forEach((value, i) => expect(value).toBeCloseTo(expected[i][k], 6));
    expect(Math.max(...delta.flat().map(Math.abs))).toBeGreaterThan(1e-3);
  });

  it("changes nothing without input error, with dependent channels and without a bias", () => {
    const layer = randomLayer({ seed: 12, n: 4, k: 20, rows: 8 });
    const error = { gram: new Float64Array(400), sum: new Float64Array(20) };
    const { weight, bias } = ridgeUpdate({ weight: layer.weight, bias: null, inputs: { ...layer.inputs, error }, lambda: 0 });
    expect(weight).toEqual(layer.weight);
    expect([...bias]).toEqual([0, 0, 0, 0]);
  });
});
