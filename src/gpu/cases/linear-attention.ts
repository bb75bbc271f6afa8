import { floatRows, normals, quads } from "./case-data.ts";
import type { KernelCase } from "./kernel-case.ts";

const gateShapes = [
  { name: "1 row of 1 head of 1", images: 1, tokens: 1, heads: 1, headDim: 1, perToken: true },
  { name: "2 images of 5 tokens, 3 heads of 6", images: 2, tokens: 5, heads: 3, headDim: 6, perToken: true },
  { name: "3 images of 17 tokens, 5 heads of 4, one gate for all tokens", images: 3, tokens: 17, heads: 5, headDim: 4, perToken: false },
];

export const headGateCases = gateShapes.map(({ name, images, tokens, heads, headDim, perToken }, index): KernelCase => {
  const head4 = quads(headDim);
  const stride4 = heads * head4;
  const [gate_rows, gate_stride] = [perToken ? tokens : 1, 4 * quads(heads)];
  return {
    name,
    params: { rows: images * tokens, tokens, stride4, head4, gate_rows, gate_stride },
    constants: {},
    inputs: () => [
      floatRows(6000 + index, images * tokens, 4 * stride4, 4 * stride4),
      // Both sides of 0, and where the sigmoid is 0 or 1.
      normals(6010 + index, images * gate_rows * gate_stride, 20),
    ],
    outputWords: 4 * images * tokens * stride4,
  };
});

const shapes = [
  { name: "1 token, 1 head of 1", images: 1, tokens: 1, heads: 1, depth: 1 },
  { name: "2 images of 9 tokens, 3 heads of 6", images: 2, tokens: 9, heads: 3, depth: 6 },
  { name: "3 images of 25 tokens, 2 heads of 16", images: 3, tokens: 25, heads: 2, depth: 16 },
];

/** As behind a ReLU. */
const positive = (seed: number, count: number) => normals(seed, count).map((value) => Math.max(value, 0));

export const linearAttentionSumsCases = shapes.map(({ name, images, tokens, heads, depth }, index): KernelCase => {
  const width = heads * depth;
  const [stride, out_stride] = [4 * quads(width), 4 * quads(depth + 1)];
  return {
    name,
    params: { images, tokens, width, depth, stride, out_stride },
    constants: {},
    inputs: () => [positive(6020 + index, images * tokens * stride), floatRows(6030 + index, images * tokens, width, stride)],
    outputWords: images * width * out_stride,
  };
});

export const linearAttentionCases = shapes.map(({ name, images, tokens, heads, depth }, index): KernelCase => {
  const width = heads * depth;
  const [stride, sums_stride] = [4 * quads(width), 4 * quads(depth + 1)];
  return {
    name,
    params: { images, tokens, width, depth, stride, sums_stride, epsilon: 1e-6 },
    constants: {},
    inputs: () => [
      // A query that is all zeros has no attention at all.
      positive(6040 + index, images * tokens * stride).map((value, at) => (index === 2 && at < stride ? 0 : value)),
      positive(6050 + index, images * width * sums_stride),
    ],
    outputWords: images * tokens * stride,
  };
});
