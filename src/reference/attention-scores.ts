import type { Node } from "../graph/graph.ts";
import { attribute, windowsOf } from "../graph/ops.ts";
import { tensor, type Tensor } from "../tensor/tensor.ts";
import { matmulTransposed } from "./gemm.ts";
import { headOf } from "./heads.ts";

/** qkv [B,N,3D] -> q . k^T * scale per head: [B,H,N,N], or [B,W*H,N/W,N/W] where rows fall into W windows. */
export function attentionScores(node: Node, [qkv]: readonly Tensor[]): Tensor {
  const heads = attribute(node, "numHeads");
  const scale = attribute(node, "scale");
  const [images, tokens, width] = qkv.shape;
  const windows = windowsOf(node);
  // Windows follow each other like images.
  const [b, n] = [images * windows, tokens / windows];
  const rows = tensor([b, n, width], qkv.data);
  const out = new Float32Array(b * heads * n * n);
  for (let image = 0; image < b; image++) {
    for (let head = 0; head < heads; head++) {
      const start = (image * heads + head) * n * n;
      const [q, k] = [headOf(rows, "query", image, head, heads), headOf(rows, "key", image, head, heads)];
      matmulTransposed(q, k, n, n, width / 3 / heads, (row, column, sum) => (out[start + row * n + column] = sum * scale));
    }
  }
  return tensor([images, windows * heads, n, n], out);
}
