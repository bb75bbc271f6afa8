/**
 * Exact rewrites of qkv that can make its outputs easier to quantize (ptq-wide 1.3.7, item 5), per head:
 *   q' = T q, k' = T k with T orthogonal (normalised Hadamard, by a cosine transform where the head width is not a power of two): scores stay, outliers of single
 *   channels spread over the head;
 *   k' = k - mean k: each row of scores moves by a constant, which the softmax takes out;
 *   v' = T v, and the projection reads P v T^T, so that its weights become W T^T;
 *   v' = v - mean v: attention rows sum to 1, so the mean goes into the projection's bias; quantized rows do not quite, and lose less without it.
 */
import type { Node } from "../../graph/graph.ts";
import { tensor, type Tensor } from "../../tensor/tensor.ts";

export interface Rewrite {
  readonly rotated: boolean;
  readonly centred: boolean;
}

export const AS_IS: Rewrite = { rotated: false, centred: false };

/** The qkv layer, weight [3D,K] and bias [3D], rows q, k, v, each head-major. means: of its outputs, [3D]. */
export function rewriteQkv(gemm: Node, heads: number, means: Float64Array, scores: Rewrite, values: Rewrite): Node {
  const { weight, bias } = gemm.weights;
  const [rows, k] = weight.shape;
  const width = rows / 3;
  const isCentred = (row: number) => row >= width && (row < 2 * width ? scores : values).centred;
  const offsets = Float32Array.from({ length: rows }, (_, row) => (bias?.data[row] ?? 0) - (isCentred(row) ? means[row] : 0));
  const data = weight.data.slice();
  const rotated = [scores.rotated, scores.rotated, values.rotated];
  rotated.forEach((isRotated, third) => {
    if (!isRotated) return;
    rotateRows(data, third * width, width, width / heads, k);
    rotateRows(offsets, third * width, width, width / heads, 1);
  });
  return { ...gemm, weights: { ...gemm.weights, weight: tensor([rows, k], data), bias: tensor([rows], offsets) } };
}

/** T applied to each run of `depth` of `count` rows of width k, in place. */
function rotateRows(data: Float32Array<ArrayBuffer>, first: number, count: number, depth: number, k: number): void {
  const t = orthogonal(depth);
  for (let start = first; start < first + count; start += depth) {
    const before = data.slice(start * k, (start + depth) * k);
    for (let i = 0; i < depth; i++) {
      const sums = new Float64Array(k);
      for (let j = 0; j < depth; j++) {
        const factor = t[i * depth + j];
        for (let c = 0; c < k; c++) sums[c] += factor * before[j * k + c];
      }
      data.set(sums, (start + i) * k);
    }
  }
}

/** W T^T head by head: what the projection becomes where v is rotated. weight: [N,D], columns head-major. */
export function rotatedProjection(weight: Tensor, heads: number): Tensor {
  const [rows, width] = weight.shape;
  const depth = width / heads;
  const t = orthogonal(depth);
  const data = new Float32Array(weight.data.length);
  for (let at = 0; at < rows * width; at += depth) {
    for (let i = 0; i < depth; i++) {
      let sum = 0;
      for (let j = 0; j < depth; j++) sum += weight.data[at + j] * t[i * depth + j];
      data[at + i] = sum;
    }
  }
  return tensor([rows, width], data);
}

/** Orthogonal [n,n]: Sylvester's Hadamard matrix of the largest power of two in n, times an orthonormal cosine transform (DCT-II) of the rest. */
export function orthogonal(n: number): Float64Array {
  let power = 1;
  while (n % (2 * power) === 0) power *= 2;
  const rest = n / power;
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const [a, b] = [Math.floor(i / power), Math.floor(j / power)];
      const cosine = rest === 1 ? 1 : Math.cos((Math.PI * (2 * b + 1) * a) / (2 * rest)) * Math.sqrt((a === 0 ? 1 : 2) / rest);
      out[i * n + j] = (cosine * parity((i % power) & (j % power))) / Math.sqrt(power);
    }
  }
  return out;
}

function parity(bits: number): 1 | -1 {
  let sign: 1 | -1 = 1;
  for (let rest = bits; rest > 0; rest &= rest - 1) sign = sign === 1 ? -1 : 1;
  return sign;
}
