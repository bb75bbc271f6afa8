/**
 * Exact rewrites of qkv that make its outputs easier to quantize (ptq-wide 1.3.7, item 5, per head):
 *   q' = T q, k' = T k with T orthogonal (normalised Hadamard, by a cosine transform where the head width is not a power of two): scores stay, outliers of single
 *   channels spread over the head;
 *   k' = k - mean k: each row of scores moves by a constant, which the softmax takes out;
 *   v' = T v, and the projection reads P v T^T, so that its weights become W T^T;
 *   v' = v - mean v: attention rows sum to 1, so the mean goes into the projection's bias; quantized rows do not quite, and now lose less. Not where rows sum to
 *   something else (clipped softmax) or heads are scaled row by row (gates), which the rotation of v passes.
 * The projection's bias is corrected by the step that fits its weights (fitWeights), which aims at the float layer's mean output.
 */
import type { Graph, Node } from "../../graph/graph.ts";
import { attribute, headsOf, stretchOf } from "../../graph/ops.ts";
import { tensor, type Tensor } from "../../tensor/tensor.ts";
import type { LayerStep } from "./step.ts";

export function rotateAttention(): LayerStep {
  return {
    stage: "rotating attention",
    needsFloat: true,
    async run(layer, { graph, runNode }) {
      const { node, float } = layer;
      const producer = named(graph, node.inputs[0]);
      const output = producer?.op === "HeadGate" ? named(graph, producer.inputs[0]) : producer;
      // The float path keeps the projection as it was: its input is not rotated.
      if (node.op === "Gemm" && output?.op === "AttentionOutput")
        return { ...layer, node: rotatedProjection(node, headsOf(graph.shapes[output.inputs[0]], graph.shapes[output.inputs[1]])) };
      const scores = graph.nodes.find(({ op, inputs }) => op === "AttentionScores" && inputs.includes(node.name));
      if (node.op !== "Gemm" || !scores) return layer;
      const means = columnMeans(await runNode(float.node, float.inputs));
      if (!sumsToOne(graph, node.name)) means.fill(0, (2 * means.length) / 3);
      const rewrite = (gemm: Node) => rewritten(gemm, attribute(scores, "numHeads"), means);
      return { ...layer, node: rewrite(node), float: { ...float, node: rewrite(float.node) } };
    },
  };
}

/** Whether a constant added to v is the same constant in what the projection reads. */
function sumsToOne(graph: Graph, qkv: string): boolean {
  const output = graph.nodes.find(({ op, inputs }) => op === "AttentionOutput" && inputs[1] === qkv);
  const softmax = output && named(graph, output.inputs[0]);
  const gated = graph.nodes.some(({ op, inputs }) => op === "HeadGate" && inputs[0] === output?.name);
  return softmax !== undefined && stretchOf(softmax) === null && !gated;
}

function named(graph: Graph, name: string): Node | undefined {
  return graph.nodes.find((node) => node.name === name);
}

/** weight [3D,K], bias [3D]; rows are q, k, v, each head-major; all rotated, k and v centred. */
function rewritten(gemm: Node, heads: number, means: Float64Array): Node {
  const { weight, bias } = gemm.weights;
  const [rows, k] = weight.shape;
  const width = rows / 3;
  const depth = width / heads;
  const shifted = Float32Array.from({ length: rows }, (_, row) => (bias?.data[row] ?? 0) - (row < width ? 0 : means[row]));
  const data = weight.data.slice();
  const offsets = shifted.slice();
  const t = orthogonal(depth);
  for (let head = 0; head < 3 * heads; head++) {
    for (let i = 0; i < depth; i++) {
      const row = head * depth + i;
      const sums = new Float64Array(k);
      let offset = 0;
      for (let j = 0; j < depth; j++) {
        const factor = t[i * depth + j];
        const from = (head * depth + j) * k;
        for (let c = 0; c < k; c++) sums[c] += factor * weight.data[from + c];
        offset += factor * shifted[head * depth + j];
      }
      data.set(sums, row * k);
      offsets[row] = offset;
    }
  }
  return { ...gemm, weights: { ...gemm.weights, weight: tensor([rows, k], data), bias: tensor([rows], offsets) } };
}

/** W T^T head by head. weight: [N,D], columns head-major. */
function rotatedProjection(gemm: Node, heads: number): Node {
  const { weight } = gemm.weights;
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
  return { ...gemm, weights: { ...gemm.weights, weight: tensor([rows, width], data) } };
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

/** y: [...,W] -> [W] */
function columnMeans({ data, shape }: Tensor): Float64Array {
  const width = shape.at(-1) ?? 0;
  const sums = new Float64Array(width);
  for (let start = 0; start < data.length; start += width) for (let i = 0; i < width; i++) sums[i] += data[start + i];
  return sums.map((sum) => sum / (data.length / width));
}
