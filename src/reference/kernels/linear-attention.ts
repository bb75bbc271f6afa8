/** Gates of heads, and attention without softmax. */
import { exactReciprocal } from "../exact-math.ts";
import { sigmoid } from "./activation.ts";
import { f32, floats, type KernelTwin } from "./kernel-twin.ts";

/** shaders/head-gate.wgsl */
export const headGate: KernelTwin = (p, _constants, inputs, output, math) => {
  const [x, gates, y] = [...inputs, output].map(floats);
  for (let row = 0; row < p.rows; row++) {
    const gateRow = Math.floor(row / p.tokens) * p.gate_rows + (row % p.gate_rows);
    for (let head = 0; head * p.head4 < p.stride4; head++) {
      const gate = sigmoid(gates[gateRow * p.gate_stride + head], math);
      const start = 4 * (row * p.stride4 + head * p.head4);
      for (let at = start; at < start + 4 * p.head4; at++) y[at] = f32(x[at] * gate);
    }
  }
};

/** shaders/linear-attention-sums.wgsl */
export const linearAttentionSums: KernelTwin = (p, _constants, inputs, output, math) => {
  const [k, v, sums] = [...inputs, output].map(floats);
  sums.subarray(0, p.images * p.width * p.out_stride).fill(0);
  for (let row = 0; row < p.images * p.width; row++) {
    const column = row % p.width;
    const head = column - (column % p.depth);
    const shared = sums.subarray(row * p.out_stride, (row + 1) * p.out_stride);
    for (let j = 0; j < p.tokens; j++) {
      const start = (Math.floor(row / p.width) * p.tokens + j) * p.stride;
      const key = k[start + column];
      for (let d = 0; d <= p.depth; d++) shared[d] = math.fma(key, d < p.depth ? v[start + head + d] : 1, shared[d]);
    }
  }
};

/** shaders/linear-attention.wgsl */
export const linearAttention: KernelTwin = (p, _constants, inputs, output, math) => {
  const [q, sums, y] = [...inputs, output].map(floats);
  for (let row = 0; row < p.images * p.tokens; row++) {
    y.fill(0, row * p.stride + p.width, (row + 1) * p.stride);
    for (let head = 0; head < p.width; head += p.depth) {
      const first = Math.floor(row / p.tokens) * p.width + head;
      const queries = q.subarray(row * p.stride + head, row * p.stride + head + p.depth);
      const dot = (d: number) => queries.reduce((sum, value, c) => math.fma(value, sums[(first + c) * p.sums_stride + d], sum), 0);
      const inverse = exactReciprocal(f32(dot(p.depth) + f32(p.epsilon)), math);
      for (let d = 0; d < p.depth; d++) y[row * p.stride + head + d] = f32(dot(d) * inverse);
    }
  }
};
