import type { Node } from "../graph/graph.ts";
import { attribute } from "../graph/ops.ts";
import { tensor, type Tensor } from "../tensor/tensor.ts";
import { matmulTransposed } from "./gemm.ts";
import { headOf } from "./heads.ts";

/** qkv [B,N,3D] -> q . k^T * scale per head: [B,H,N,N]. */
export function attentionScores(node: Node, [qkv]: readonly Tensor[]): Tensor {
  const heads = attribute(node, "numHeads");
  const scale = attribute(node, "scale");
  const [b, n, width] = qkv.shape;
  const out = new Float32Array(b * heads * n * n);
  for (let image = 0; image < b; image++) {
    for (let head = 0; head < heads; head++) {
      const start = (image * heads + head) * n * n;
      const [q, k] = [headOf(qkv, "query", image, head, heads), headOf(qkv, "key", image, head, heads)];
      matmulTransposed(q, k, n, n, width / 3 / heads, (row, column, sum) => (out[start + row * n + column] = sum * scale));
    }
  }
  return tensor([b, heads, n, n], out);
}
