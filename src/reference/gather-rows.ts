import type { Node } from "../graph/graph.ts";
import { tensor, type Tensor } from "../tensor/tensor.ts";

/** x [B,N,D], indices [M,G] -> [B,M,G*D]: row m is the rows indices[m] of x side by side; -1 is a row of zeros. */
export function gatherRows({ weights: { indices } }: Node, [x]: readonly Tensor[]): Tensor {
  const [b, n, d] = x.shape;
  const [rows, group] = indices.shape;
  const out = new Float32Array(b * rows * group * d);
  for (let image = 0, at = 0; image < b; image++) {
    for (const index of indices.data) {
      const start = (image * n + index) * d;
      if (index >= 0) out.set(x.data.subarray(start, start + d), at);
      at += d;
    }
  }
  return tensor([b, rows, group * d], out);
}
