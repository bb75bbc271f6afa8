import type { Node } from "../graph/graph.ts";
import { tensor, type Tensor } from "../tensor/tensor.ts";

/** scores [B,M,N,N] + bias [P,N,N], map m of an image getting bias m mod P. */
export function attentionBias({ weights: { bias } }: Node, [scores]: readonly Tensor[]): Tensor {
  const period = bias.data.length;
  return tensor(
    scores.shape,
    scores.data.map((value, i) => value + bias.data[i % period]),
  );
}
