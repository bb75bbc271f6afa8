/** Every reference op by arithmetic done in the test: small shapes that can be followed by hand, batches of two. */
import { describe, expect, it } from "vitest";
import type { Node } from "../graph/graph.ts";
import { inferShape, ops, type OpName } from "../graph/ops.ts";
import { seededNormal } from "../tensor/random.ts";
import { elementCount, tensor, type Shape, type Tensor } from "../tensor/tensor.ts";
import { references, runNode } from "./index.ts";

function make(op: OpName, attributes: Node["attributes"] = {}, weights: Node["weights"] = {}): Node {
  return { name: op, op, inputs: [], attributes, weights };
}

function of(shape: Shape, ...values: number[]): Tensor {
  return tensor(shape, Float32Array.from(values));
}

function normal(shape: Shape, seed: number): Tensor {
  const next = seededNormal(seed);
  return tensor(shape, Float32Array.from({ length: elementCount(shape) }, next));
}

describe("reference ops", () => {
  it("exist for every op of the table", () => {
    expect(Object.keys(references).sort()).toEqual(Object.keys(ops).sort());
  });

  it("Gemm: x . weight^T + bias", () => {
    const weights = { weight: of([2, 3], 1, 2, 3, -1, 0, 1), bias: of([2], 10, 20) };
    expect(runNode(make("Gemm", {}, weights), [of([2, 1, 3], 1, 1, 1, 2, 0, -2)])).toEqual(of([2, 1, 2], 16, 20, 6, 16));
    expect(runNode(make("Gemm", {}, { weight: weights.weight }), [of([1, 3], 1, 1, 1)])).toEqual(of([1, 2], 6, 0));
  });

  it.each([
    [1, 1, 1],
    [4, 2, 8],
    [5, 3, 7],
    [9, 10, 33],
  ])("Gemm of %i x %i x %i equals the triple loop in f64, rounded once", (m, n, k) => {
    const [x, weight, bias] = [normal([m, k], 1), normal([n, k], 2), normal([n], 3)];
    const expected = new Float32Array(m * n);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let l = 0; l < k; l++) sum += x.data[i * k + l] * weight.data[j * k + l];
        expected[i * n + j] = sum + bias.data[j];
      }
    }
    expect(runNode(make("Gemm", {}, { weight, bias }), [x]).data).toEqual(expected);
  });

  it("Gemm sums in f64: a large term cancels exactly", () => {
    expect(runNode(make("Gemm", {}, { weight: of([1, 3], 1, 1, 1) }), [of([1, 3], 2 ** 30, 1, -(2 ** 30))]).data[0]).toBe(1);
  });

  it("DepthwiseConvolution: each channel by itself, rows beyond the edge are zeros", () => {
    // Two channels, three rows, windows (none, 0, 1) and (1, 2, none).
    const weights = { weight: of([2, 3], 1, 2, 3, -1, 0, 10), bias: of([2], 100, 0), indices: of([2, 3], -1, 0, 1, 1, 2, -1) };
    const node = make("DepthwiseConvolution", {}, weights);
    const x = of([1, 3, 2], 1, 2, 3, 4, 5, 6);
    expect(runNode(node, [x])).toEqual(of([1, 2, 2], 100 + 2 + 9, 0 + 40, 100 + 3 + 10, -4));
    expect(inferShape(node, [[3, 2]])).toEqual([2, 2]);
    expect(() => inferShape(node, [[3, 4]])).toThrow("internal: DepthwiseConvolution");
  });

  it("HeadGate: a sigmoid for each head of each row, or of each image", () => {
    const x = of([2, 2, 4], ...Array.from({ length: 16 }, (_, i) => i + 1));
    const half = runNode(make("HeadGate"), [x, of([2, 2, 2], 0, 100, 0, 0, -1000, 0, 100, 0)]);
    expect(half).toEqual(of([2, 2, 4], 0.5, 1, 3, 4, 2.5, 3, 3.5, 4, 0, 0, 5.5, 6, 13, 14, 7.5, 8));
    const ofImages = runNode(make("HeadGate"), [x, of([2, 2], 0, 100, 100, 0)]);
    expect(ofImages).toEqual(of([2, 2, 4], 0.5, 1, 3, 4, 2.5, 3, 7, 8, 9, 10, 5.5, 6, 13, 14, 7.5, 8));
    expect(() =>
      inferShape(make("HeadGate"), [
        [2, 4],
        [3, 2],
      ]),
    ).toThrow("internal: HeadGate");
  });

  it("LinearAttention: values weighed by q.k, in each head", () => {
    const node = make("LinearAttention", { numHeads: 2, epsilon: 0 });
    const q = of([1, 2, 4], 1, 0, 0, 2, 1, 1, 1, 1);
    const k = of([1, 2, 4], 1, 3, 5, 0, 3, 1, 7, 1);
    const v = of([1, 2, 4], 8, 0, 1, 2, 0, 4, 3, 4);
    // Head 0: row 0 weighs 1:3, row 1 weighs 4:4. Head 1: row 0 weighs 0:2, row 1 weighs 5:8.
    const expected = of([1, 2, 4], 2, 3, 3, 4, 4, 2, (5 + 24) / 13, (10 + 32) / 13);
    expect(runNode(node, [q, k, v])).toEqual(expected);
    // A query without any key that answers.
    const zero = runNode(make("LinearAttention", { numHeads: 2, epsilon: 1e-6 }), [of([1, 2, 4], 0, 0, 0, 0, 0, 0, 0, 0), k, v]);
    expect([...zero.data]).toEqual(Array.from({ length: 8 }, () => 0));
  });

  it("Softmax, clipped: stretched, and cut at 0 and 1", () => {
    const node = make("Softmax", { gamma: -0.25, zeta: 1.25 });
    const { data } = runNode(node, [of([1, 1, 3], Math.log(8), Math.log(1), Math.log(1))]);
    // 0.8, 0.1, 0.1 -> 1.5 p - 0.25
    expect(data[0]).toBeCloseTo(0.95, 6);
    expect([data[1], data[2]]).toEqual([0, 0]);
    expect(runNode(node, [of([1, 1, 2], 100, 0)]).data).toEqual(Float32Array.of(1, 0));
  });

  it("Affine: a factor and an addend for each column of the last axis", () => {
    const node = make("Affine", {}, { scale: of([2], 2, -0.5), bias: of([2], 1, 3) });
    expect(runNode(node, [of([1, 3, 2], 1, 1, 0, 4, -3, 2)])).toEqual(of([1, 3, 2], 3, 2.5, 1, 1, -5, 2));
    expect(inferShape(node, [[3, 2]])).toEqual([3, 2]);
    expect(() => inferShape(node, [[3, 4]])).toThrow("internal: Affine");
  });

  it("LayerNormalization: (x - mean) / sqrt(var + epsilon) * scale + bias", () => {
    const node = make("LayerNormalization", { epsilon: 1 }, { scale: of([2], 2, 3), bias: of([2], 0.5, -1) });
    // Row [1, 5]: mean 3, variance 4, deviation sqrt(5).
    const root = Math.sqrt(5);
    const out = runNode(node, [of([2, 1, 2], 1, 5, 7, 7)]).data;
    expect([...out]).toEqual([(-2 / root) * 2 + 0.5, (2 / root) * 3 - 1, 0.5, -1].map(Math.fround));
  });

  it("Softmax: rows sum to one, large inputs do not overflow, ratios are exp of differences", () => {
    const out = runNode(make("Softmax"), [of([1, 2, 2], 1000, 1000 - Math.LN2, -1e30, 0)]).data;
    expect(out[0]).toBeCloseTo(2 / 3, 4);
    expect(out[0] + out[1]).toBeCloseTo(1, 6);
    expect([out[2], out[3]]).toEqual([0, 1]);
  });

  it("Gelu: x times the normal distribution function, and its tanh form", () => {
    const exact = runNode(make("Gelu", { approximate: "none" }), [of([1, 4], 0, 1, -1, 3)]).data;
    // Phi(1) = 0.8413447460685429, Phi(3) = 0.9986501019683699.
    const expected = [0, 0.8413447460685429, -(1 - 0.8413447460685429), 3 * 0.9986501019683699].map(Math.fround);
    exact.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 7));
    const inner = Math.sqrt(2 / Math.PI) * (1 + 0.044715);
    const e = Math.exp(2 * inner);
    expect(runNode(make("Gelu", { approximate: "tanh" }), [of([1], 1)]).data[0]).toBeCloseTo(0.5 * (1 + (e - 1) / (e + 1)), 7);
  });

  it("Patchify: patches row by row, inside a patch channel, row, column", () => {
    const image = tensor(
      [2, 2, 2, 4],
      Float32Array.from({ length: 32 }, (_, i) => i),
    );
    const out = runNode(make("Patchify", { patchSize: 2 }), [image]);
    expect(out.shape).toEqual([2, 2, 8]);
    expect([...out.data.subarray(0, 16)]).toEqual([0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15]);
    expect(out.data[16]).toBe(16);
  });

  it("PrependTokens: prefix rows as they are, positions added to patches", () => {
    const node = make("PrependTokens", {}, { prefix: of([1, 2], 7, 8), positions: of([1, 2], 10, 20) });
    expect(runNode(node, [of([2, 1, 2], 1, 2, 3, 4)])).toEqual(of([2, 2, 2], 7, 8, 11, 22, 7, 8, 13, 24));
  });

  it("attention by the definition: heads are column groups of q, k and v", () => {
    const [b, n, h, d] = [2, 3, 2, 2];
    const qkv = normal([b, n, 3 * h * d], 4);
    const at = (image: number, row: number, part: number, head: number, column: number) =>
      qkv.data[(image * n + row) * 3 * h * d + part * h * d + head * d + column];
    const scores = runNode(make("AttentionScores", { numHeads: h, scale: 0.5 }), [qkv]);
    const p = normal([b, h, n, n], 5);
    const mixed = runNode(make("AttentionOutput"), [p, qkv]);
    expect(scores.shape).toEqual([b, h, n, n]);
    expect(mixed.shape).toEqual([b, n, h * d]);
    for (let image = 0; image < b; image++) {
      for (let head = 0; head < h; head++) {
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < n; j++) {
            let sum = 0;
            for (let c = 0; c < d; c++) sum += at(image, i, 0, head, c) * at(image, j, 1, head, c);
            expect(scores.data[((image * h + head) * n + i) * n + j]).toBe(Math.fround(sum * 0.5));
          }
          for (let c = 0; c < d; c++) {
            let sum = 0;
            for (let j = 0; j < n; j++) sum += p.data[((image * h + head) * n + i) * n + j] * at(image, j, 2, head, c);
            expect(mixed.data[(image * n + i) * h * d + head * d + c]).toBe(Math.fround(sum));
          }
        }
      }
    }
  });

  it("Add, Gather and ReduceMean", () => {
    const x = of([2, 2, 2], 1, 2, 3, 4, 5, 6, 7, 8);
    expect(runNode(make("Add"), [x, x])).toEqual(of([2, 2, 2], 2, 4, 6, 8, 10, 12, 14, 16));
    expect(runNode(make("Gather", { index: 1 }), [x])).toEqual(of([2, 2], 3, 4, 7, 8));
    expect(runNode(make("ReduceMean", { start: 0 }), [x])).toEqual(of([2, 2], 2, 3, 6, 7));
    expect(runNode(make("ReduceMean", { start: 1 }), [x])).toEqual(of([2, 2], 3, 4, 7, 8));
  });

  it.each([
    ["Patchify", { patchSize: 2 }, [[3, 4, 4]], {}],
    ["AttentionScores", { numHeads: 2, scale: 1 }, [[5, 12]], {}],
    [
      "AttentionOutput",
      {},
      [
        [2, 5, 5],
        [5, 12],
      ],
      {},
    ],
    ["Softmax", {}, [[2, 5, 5]], {}],
    ["Gather", { index: 0 }, [[5, 4]], {}],
  ] as const)("%s has the shape that the op table infers, with the batch in front", (op, attributes, shapes, weights) => {
    const node = make(op, attributes, weights);
    const out = runNode(
      node,
      shapes.map((shape, i) => normal([3, ...shape], i)),
    );
    expect(out.shape).toEqual([3, ...inferShape(node, shapes)]);
  });
});
