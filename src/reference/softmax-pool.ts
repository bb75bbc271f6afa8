import type { Node } from "../graph/graph.ts";
import { tensor, type Tensor } from "../tensor/tensor.ts";

/** scores [B,N,1], x [B,N,D] -> [B,D]: rows of x weighted by the softmax over their scores. */
export function softmaxPool(_node: Node, [scores, x]: readonly Tensor[]): Tensor {
  const [b, n, d] = x.shape;
  const out = new Float32Array(b * d);
  const sums = new Float64Array(d);
  for (let image = 0; image < b; image++) {
    const s = scores.data.subarray(image * n, (image + 1) * n);
    const top = s.reduce((most, score) => Math.max(most, score), Number.NEGATIVE_INFINITY);
    let total = 0;
    sums.fill(0);
    s.forEach((score, row) => {
      const e = Math.exp(score - top);
      total += e;
      for (let c = 0; c < d; c++) sums[c] += e * x.data[(image * n + row) * d + c];
    });
    for (let c = 0; c < d; c++) out[image * d + c] = sums[c] / total;
  }
  return tensor([b, d], out);
}
