import type { Node } from "../graph/graph.ts";
import { attribute } from "../graph/ops.ts";
import { tensor, type Tensor } from "../tensor/tensor.ts";

/** [B,N,D] -> [B,D]: mean of the rows from `start` on. */
export function reduceMean(node: Node, [x]: readonly Tensor[]): Tensor {
  const start = attribute(node, "start");
  const [b, n, d] = x.shape;
  const out = new Float32Array(b * d);
  for (let image = 0; image < b; image++) {
    for (let column = 0; column < d; column++) {
      let sum = 0;
      for (let row = start; row < n; row++) sum += x.data[(image * n + row) * d + column];
      out[image * d + column] = sum / (n - start);
    }
  }
  return tensor([b, d], out);
}
