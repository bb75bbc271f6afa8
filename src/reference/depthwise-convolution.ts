import type { Node } from "../graph/graph.ts";
import { tensor, type Tensor } from "../tensor/tensor.ts";

/** x [B,N,C], weight [C,G], indices [M,G] -> [B,M,C]: y[m,c] = bias[c] + sum_g x[indices[m,g],c] weight[c,g]; -1 is a row of zeros. */
export function depthwiseConvolution({ weights: { weight, bias, indices } }: Node, [x]: readonly Tensor[]): Tensor {
  const [b, n, channels] = x.shape;
  const [rows, taps] = indices.shape;
  const out = new Float32Array(b * rows * channels);
  const sums = new Float64Array(channels);
  for (let row = 0; row < b * rows; row++) {
    sums.set(bias?.data ?? new Float32Array(channels));
    for (let tap = 0; tap < taps; tap++) {
      const index = indices.data[(row % rows) * taps + tap];
      if (index < 0) continue;
      const start = (Math.floor(row / rows) * n + index) * channels;
      for (let c = 0; c < channels; c++) sums[c] += x.data[start + c] * weight.data[c * taps + tap];
    }
    out.set(sums, row * channels);
  }
  return tensor([b, rows, channels], out);
}
