import type { Node } from "../graph/graph.ts";
import { tensor, type Tensor } from "../tensor/tensor.ts";

/** x [B,N,D], indices [M,G] -> [B,M,D]: column by column the largest of the rows indices[m]; -1 counts for nothing. */
export function maxRows({ weights: { indices } }: Node, [x]: readonly Tensor[]): Tensor {
  const [b, n, d] = x.shape;
  const [rows, group] = indices.shape;
  const out = new Float32Array(b * rows * d).fill(Number.NEGATIVE_INFINITY);
  for (let row = 0; row < b * rows; row++) {
    for (let g = 0; g < group; g++) {
      const index = indices.data[(row % rows) * group + g];
      if (index < 0) continue;
      const start = (Math.floor(row / rows) * n + index) * d;
      for (let c = 0; c < d; c++) out[row * d + c] = Math.max(out[row * d + c], x.data[start + c]);
    }
  }
  return tensor([b, rows, d], out);
}
