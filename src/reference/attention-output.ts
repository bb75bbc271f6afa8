import type { Node } from "../graph/graph.ts";
import { headsOf } from "../graph/ops.ts";
import { tensor, type Tensor } from "../tensor/tensor.ts";
import { matmulTransposed } from "./gemm.ts";
import { headOf } from "./heads.ts";

/** probabilities [B,H,N,N] (of windows [B,W*H,N/W,N/W]) and the values of qkv [B,N,3D] -> P . V per head, heads side by side: [B,N,D]. */
export function attentionOutput(_node: Node, [probabilities, qkv]: readonly Tensor[]): Tensor {
  const [images, ...maps] = probabilities.shape;
  const [, tokens, width] = qkv.shape;
  const heads = headsOf(maps, [tokens, width]);
  const n = maps[1];
  const b = (images * tokens) / n;
  const rows = tensor([b, n, width], qkv.data);
  const depth = width / 3;
  const d = depth / heads;
  const out = new Float32Array(b * n * depth);
  for (let image = 0; image < b; image++) {
    for (let head = 0; head < heads; head++) {
      const start = (image * heads + head) * n * n;
      const p = probabilities.data.subarray(start, start + n * n);
      const v = headOf(rows, "value", image, head, heads, true);
      matmulTransposed(p, v, n, d, n, (row, column, sum) => (out[(image * n + row) * depth + head * d + column] = sum));
    }
  }
  return tensor([images, tokens, depth], out);
}
