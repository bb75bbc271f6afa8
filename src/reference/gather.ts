import type { Node } from "../graph/graph.ts";
import { attribute } from "../graph/ops.ts";
import { tensor, type Tensor } from "../tensor/tensor.ts";

/** [B,N,D] -> [B,D]: row `index` of each image. */
export function gather(node: Node, [x]: readonly Tensor[]): Tensor {
  const index = attribute(node, "index");
  const [b, n, d] = x.shape;
  const out = new Float32Array(b * d);
  for (let image = 0; image < b; image++) out.set(x.data.subarray((image * n + index) * d, (image * n + index + 1) * d), image * d);
  return tensor([b, d], out);
}
