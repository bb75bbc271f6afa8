import type { Node } from "../graph/graph.ts";
import { attribute } from "../graph/ops.ts";
import { tensor, type Tensor } from "../tensor/tensor.ts";

/** q, k, v [B,N,D] -> [B,N,D]: in each head y_i = q_i (sum_j k_j v_j^T) / (q_i . sum_j k_j + epsilon). */
export function linearAttention(node: Node, [q, k, v]: readonly Tensor[]): Tensor {
  const [b, n, width] = q.shape;
  const heads = attribute(node, "numHeads");
  const epsilon = attribute(node, "epsilon");
  const depth = width / heads;
  const out = new Float32Array(q.data.length);
  for (let image = 0; image < b; image++) {
    for (let head = 0; head < heads; head++) {
      const first = image * n * width + head * depth;
      const sums = new Float64Array(depth * depth); // [key column, value column]
      const total = new Float64Array(depth);
      for (let j = 0, at = first; j < n; j++, at += width) {
        for (let c = 0; c < depth; c++) {
          total[c] += k.data[at + c];
          for (let d = 0; d < depth; d++) sums[c * depth + d] += k.data[at + c] * v.data[at + d];
        }
      }
      for (let i = 0, at = first; i < n; i++, at += width) {
        let divisor = epsilon;
        for (let c = 0; c < depth; c++) divisor += q.data[at + c] * total[c];
        for (let d = 0; d < depth; d++) {
          let sum = 0;
          for (let c = 0; c < depth; c++) sum += q.data[at + c] * sums[c * depth + d];
          out[at + d] = sum / divisor;
        }
      }
    }
  }
  return tensor(v.shape, out);
}
