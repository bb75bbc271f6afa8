import type { Node } from "../graph/graph.ts";
import { attribute } from "../graph/ops.ts";
import { tensor, type Tensor } from "../tensor/tensor.ts";

/** [B,C,H,W] -> [B,P,C*p*p]: patches row by row; inside a patch channel, row, column, the order of a convolution weight [D,C,p,p]. */
export function patchify(node: Node, [images]: readonly Tensor[]): Tensor {
  const p = attribute(node, "patchSize");
  const [b, c, h, w] = images.shape;
  const out = new Float32Array(images.data.length);
  let at = 0;
  for (let image = 0; image < b; image++) {
    for (let top = 0; top < h; top += p) {
      for (let left = 0; left < w; left += p) {
        for (let channel = 0; channel < c; channel++) {
          for (let row = top; row < top + p; row++) {
            const start = ((image * c + channel) * h + row) * w + left;
            out.set(images.data.subarray(start, start + p), at);
            at += p;
          }
        }
      }
    }
  }
  return tensor([b, (h / p) * (w / p), c * p * p], out);
}
