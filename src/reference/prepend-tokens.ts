import type { Node } from "../graph/graph.ts";
import { tensor, type Tensor } from "../tensor/tensor.ts";

/** [B,P,D] -> [B,T+P,D]: the rows of prefix [T,D], then patches + positions [P,D]. */
export function prependTokens(node: Node, [patches]: readonly Tensor[]): Tensor {
  const { prefix, positions } = node.weights;
  const [b, p, d] = patches.shape;
  const tokens = prefix.shape[0] + p;
  const out = new Float32Array(b * tokens * d);
  for (let image = 0; image < b; image++) {
    const start = image * tokens * d;
    out.set(prefix.data, start);
    const first = start + prefix.data.length;
    for (let i = 0; i < p * d; i++) out[first + i] = patches.data[image * p * d + i] + positions.data[i];
  }
  return tensor([b, tokens, d], out);
}
