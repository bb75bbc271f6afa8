import type { Node } from "../graph/graph.ts";
import type { Weights } from "../graph/quantizer.ts";
import { tensor, type Tensor } from "../tensor/tensor.ts";

/** Swin's programs mark what must not be seen with this instead of minus infinity. */
const HIDDEN = -100;

/** scores [B,M,N,N] + bias [P,N,N], map m of an image getting bias m mod P. */
export function attentionBias({ weights }: Node, [scores]: readonly Tensor[]): Tensor {
  const bias = expandedBias(weights).data;
  return tensor(
    scores.shape,
    scores.data.map((value, i) => value + bias[i % bias.length]),
  );
}

/** The bias of every map [P,N,N]: table [R,H] looked up at indices [N,N], and hidden between different regions [W,N]. */
export function expandedBias({ bias, table, indices, regions }: Weights): Tensor {
  if (bias) return bias;
  const heads = table.shape[1];
  const [tokens] = indices.shape;
  const windows = regions?.shape[0] ?? 1;
  const out = new Float32Array(windows * heads * tokens * tokens);
  let at = 0;
  for (let w = 0; w < windows; w++) {
    for (let head = 0; head < heads; head++) {
      for (let i = 0; i < tokens; i++) {
        for (let j = 0; j < tokens; j++) {
          const apart = regions && regions.data[w * tokens + i] !== regions.data[w * tokens + j];
          out[at++] = table.data[indices.data[i * tokens + j] * heads + head] + (apart ? HIDDEN : 0);
        }
      }
    }
  }
  return tensor([windows * heads, tokens, tokens], out);
}
