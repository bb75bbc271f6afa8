/** Every rule by arithmetic done in the test, and what each conserves. */
import { describe, expect, it } from "vitest";
import type { Node, OpName } from "../../graph/node.ts";
import { runNode } from "../../reference/index.ts";
import { seededNormal } from "../../tensor/random.ts";
import { elementCount, tensor, type Shape, type Tensor } from "../../tensor/tensor.ts";
import { relevanceRules } from "./index.ts";
import { safeDivide, sum, type Relevance } from "./rule.ts";
import { joinReaders } from "./sums.ts";

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

function back(node: Node, inputs: readonly Tensor[], ...relevance: number[]): number[][] {
  return relevanceRules[node.op](node, inputs, Float64Array.from(relevance)).map((values) => [...values]);
}

function expectClose(actual: readonly number[], expected: readonly number[], digits = 7): void {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((value, i) => expect(actual[i]).toBeCloseTo(value, digits));
}

describe("relevance through a depthwise convolution", () => {
  it("goes to each channel's taps whose products are above 0, in proportion", () => {
    const weights = { weight: of([2, 2], 1, 2, 1, -1), bias: of([2], 9, 9), indices: of([2, 2], -1, 0, 0, 1) };
    const node = make("DepthwiseConvolution", {}, weights);
    // Row 0: channel 0 products (none, 4), channel 1 (none, -3). Row 1: channel 0 products 2, 6; channel 1 products 3, 1.
    expectClose(back(node, [of([1, 2, 2], 2, 3, 3, -1)], 5, 7, 8, 4)[0], [5 + 2, 0 + 3, 6, 1]);
  });
});

describe("relevance through attention of other kinds", () => {
  it("passes a gate, which gets nothing", () => {
    expect(back(make("HeadGate"), [of([1, 1, 2], 1, 2), of([1, 1, 1], 7)], 3, 4)).toEqual([[3, 4], [0]]);
  });

  it("goes to the values of linear attention, in proportion to what they add", () => {
    const node = make("LinearAttention", { numHeads: 1, epsilon: 0 });
    const [q, k, v] = [of([1, 2, 1], 2, 1), of([1, 2, 1], 1, 3), of([1, 2, 1], 5, 1)];
    // Both rows add 5 k_0 : 1 k_1 = 5 : 3.
    const [ofQuery, ofKey, ofValue] = back(node, [q, k, v], 8, 16);
    expectClose([...ofQuery, ...ofKey], [0, 0, 0, 0]);
    expectClose(ofValue, [5 + 10, 3 + 6]);
  });
});

describe("relevance through a linear layer", () => {
  it("goes to products above 0 in proportion, and ignores the bias", () => {
    const node = make("Gemm", {}, { weight: of([2, 3], 1, 2, -1, 3, -1, 2), bias: of([2], 100, -100) });
    // Row 0: products 2, -2, 3 -> positive 2 and 3 of 5. Row 1: products 6, 1, -6 -> positive 6 and 1 of 7.
    expectClose(back(node, [of([1, 3], 2, -1, -3)], 10, 7)[0], [4 + 6, 0 + 1, 6 + 0]);
  });

  it("is lost where no product is above 0", () => {
    const node = make("Gemm", {}, { weight: of([1, 2], 1, -1) });
    expectClose(back(node, [of([1, 2], -1, 2)], 5)[0], [0, 0]);
  });

  it.each([
    [1, 1, 1],
    [3, 5, 4],
    [5, 6, 9],
  ])("equals the definition term by term, %i x %i x %i", (m, n, k) => {
    const [x, weight, r] = [normal([1, m, k], 1), normal([n, k], 2), normal([m, n], 3)];
    const expected = new Float64Array(m * k);
    for (let row = 0; row < m; row++) {
      for (let column = 0; column < n; column++) {
        const products = Array.from({ length: k }, (_, i) => Math.max(0, x.data[row * k + i] * weight.data[column * k + i]));
        const z = products.reduce((a, b) => a + b, 0);
        products.forEach((product, i) => (expected[row * k + i] += z === 0 ? 0 : (product / z) * r.data[row * n + column]));
      }
    }
    expectClose(back(make("Gemm", {}, { weight }), [x], ...r.data)[0], [...expected], 6);
  });
});

describe("relevance through products of attention", () => {
  // One head of width 1: qkv rows (q, k, v) = (1, 2, 3), (2, 1, 5).
  const qkv = of([1, 2, 3], 1, 2, 3, 2, 1, 5);

  it("scores: q and k get half each, the scale does not matter", () => {
    // Each score is one product, so it hands R / 2 to its q and R / 2 to its k.
    const expected = [
      [(8 + 4) / 2, (8 + 2) / 2, 0],
      [(2 + 6) / 2, (4 + 6) / 2, 0],
    ].flat();
    for (const scale of [1, 0.125]) expectClose(back(make("AttentionScores", { numHeads: 1, scale }), [qkv], 8, 4, 2, 6)[0], expected);
  });

  it("output: probabilities and v get half each, in proportion to p v", () => {
    const p = of([1, 1, 2, 2], 0.5, 0.5, 0.25, 0.75);
    // Row 0: 1.5 and 2.5 of 4; row 1: 0.75 and 3.75 of 4.5.
    const [ofP, ofQkv] = back(make("AttentionOutput"), [p, qkv], 8, 9);
    expectClose(ofP, [1.5, 2.5, 0.75, 3.75]);
    expectClose(ofQkv, [0, 0, 1.5 + 0.75, 0, 0, 2.5 + 3.75]);
  });

  it("scores of a matrix with itself: q and k get the same", () => {
    const half = normal([2, 3, 4], 6).data; // two heads: [head,token,column]
    const both = new Float32Array(3 * 24);
    for (let head = 0; head < 2; head++) {
      for (let token = 0; token < 3; token++) {
        const row = half.subarray((head * 3 + token) * 4, (head * 3 + token + 1) * 4);
        both.set(row, token * 24 + head * 4);
        both.set(row, token * 24 + 8 + head * 4);
      }
    }
    const symmetric = [1, 2, 3, 2, 5, 1, 3, 1, 4, 2, 0, 1, 0, 1, 6, 1, 6, 2];
    const [out] = back(make("AttentionScores", { numHeads: 2, scale: 1 }), [tensor([1, 3, 24], both)], ...symmetric);
    for (let token = 0; token < 3; token++) {
      const [q, k] = [out.slice(token * 24, token * 24 + 8), out.slice(token * 24 + 8, token * 24 + 16)];
      expectClose(q, k, 9);
      expect(Math.max(...q.map(Math.abs))).toBeGreaterThan(0.1);
    }
  });
});

describe("relevance through sums", () => {
  it("equal terms get half each", () => {
    const x = normal([1, 3], 4);
    const [a, b] = back(make("Add"), [x, x], 1, 2, 3);
    expectClose(a, [0.5, 1, 1.5]);
    expectClose(b, a, 12);
  });

  it("parts of opposite sign are scaled to the output's total", () => {
    // a + b = 2: S = (1, 3); a' = (3, 9) sums to 12, b' = (-1, -3) to -4. Shares 12/16 and 4/16 of 8: a = (1.5, 4.5), b = (0.5, 1.5).
    const [a, b] = back(make("Add"), [of([1, 2], 3, 3), of([1, 2], -1, -1)], 2, 6);
    expectClose(a, [1.5, 4.5]);
    expectClose(b, [0.5, 1.5]);
  });

  it("of several readers is the sum of theirs, and ends where the value is 0", () => {
    const parts: Relevance[] = [Float64Array.of(1, 2, 3), Float64Array.of(4, -5, 6)];
    expectClose([...joinReaders([2, -0.5, 0], parts)], [5, -3, 0]);
    expect(joinReaders([0], [parts[0]])).toBe(parts[0]);
  });

  it("a mean's rows get their part of the sum", () => {
    const x = of([1, 3, 2], 9, 9, 1, 2, 3, -1);
    expectClose(back(make("ReduceMean", { start: 1 }), [x], 8, 3)[0], [0, 0, 2, 6, 6, -3]);
  });

  it("safe division: nothing from an exact zero, finite and of the right sign next to it", () => {
    expect(safeDivide(3, 0)).toBe(0);
    expect(safeDivide(1, 1e-30)).toBeCloseTo(1e9, 0);
    expect(safeDivide(1, -1e-30)).toBeCloseTo(-1e9, 0);
    expect(safeDivide(6, -2)).toBeCloseTo(-3, 7);
  });
});

describe("relevance through ops that move values", () => {
  it("Gather: to the row that was taken", () => {
    expect(back(make("Gather", { index: 1 }), [normal([1, 3, 2], 1)], 4, 5)).toEqual([[0, 0, 4, 5, 0, 0]]);
  });

  it("Patchify: to the pixels, by moving values that name their place", () => {
    const image = tensor(
      [1, 2, 4, 6],
      Float32Array.from({ length: 48 }, (_, i) => i),
    );
    const node = make("Patchify", { patchSize: 2 });
    expect(back(node, [image], ...runNode(node, [image]).data)).toEqual([[...image.data]]);
  });

  it("PrependTokens: prefix and positions keep their share", () => {
    const node = make("PrependTokens", {}, { prefix: of([1, 2], 1, 1), positions: of([1, 2], 1, 3) });
    // Patch row 3 + 1 and 1 + 3: S = (1, 2); patches' part (3, 2) sums to 5, positions' (1, 6) to 7; both positive, so nothing is scaled.
    expectClose(back(node, [of([1, 1, 2], 3, 1)], 100, 200, 4, 8)[0], [3, 2]);
  });

  it.each(["Softmax", "Gelu", "LayerNormalization", "Affine"] as const)("%s hands it on", (op) => {
    expect(back(make(op), [of([1, 3], 0, 1, -2)], 1, -2, 3)).toEqual([[1, -2, 3]]);
  });
});

describe("conservation: what the inputs get together is what the output had", () => {
  const weight = normal([6, 8], 2);
  const probabilities = runNode(make("Softmax"), [normal([1, 2, 5, 5], 3)]);
  it.each([
    ["Gemm", {}, { weight }, [normal([1, 5, 8], 1)]],
    ["AttentionScores", { numHeads: 2, scale: 0.5 }, {}, [normal([1, 5, 24], 1)]],
    ["AttentionOutput", {}, {}, [probabilities, normal([1, 5, 24], 1)]],
    ["Add", {}, {}, [normal([1, 5, 8], 1), normal([1, 5, 8], 2)]],
    ["ReduceMean", { start: 2 }, {}, [normal([1, 5, 8], 1)]],
    ["Gather", { index: 2 }, {}, [normal([1, 5, 8], 1)]],
    ["Patchify", { patchSize: 2 }, {}, [normal([1, 3, 4, 4], 1)]],
  ] as const)("%s", (op, attributes, weights, inputs) => {
    const node = make(op, attributes, weights);
    const output = runNode(node, inputs);
    const relevance = Float64Array.from(normal(output.shape, 9).data);
    const parts = relevanceRules[op](node, inputs, relevance);
    expect(parts.map(({ length }) => length)).toEqual(inputs.map(({ data }) => data.length));
    expect(parts.reduce((total, part) => total + sum(part), 0)).toBeCloseTo(sum(relevance), 5);
    expect(Math.abs(sum(relevance))).toBeGreaterThan(0.1);
  });
});
