import type { Node } from "../graph/graph.ts";
import { stretchOf } from "../graph/ops.ts";
import { tensor, type Tensor } from "../tensor/tensor.ts";
import { logIntSoftmax } from "./log-int-softmax.ts";

/** exp(x - max) / sum over the last axis, stretched and clipped where the node says so. */
export function softmax(node: Node, [x]: readonly Tensor[]): Tensor {
  if (node.attributes.arithmetic === "log-int") return logIntSoftmax(node, x);
  const stretch = stretchOf(node);
  const stretched = (p: number) => (stretch ? Math.min(1, Math.max(0, (stretch.zeta - stretch.gamma) * p + stretch.gamma)) : p);
  const width = x.shape.at(-1) ?? 1;
  const out = new Float32Array(x.data.length);
  const exponentials = new Float64Array(width);
  for (let start = 0; start < out.length; start += width) {
    let largest = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < width; i++) largest = Math.max(largest, x.data[start + i]);
    let sum = 0;
    for (let i = 0; i < width; i++) sum += exponentials[i] = Math.exp(x.data[start + i] - largest);
    for (let i = 0; i < width; i++) out[start + i] = stretched(exponentials[i] / sum);
  }
  return tensor(x.shape, out);
}
