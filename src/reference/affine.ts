import type { Node } from "../graph/graph.ts";
import { tensor, type Tensor } from "../tensor/tensor.ts";

/** y = x * scale[c] + bias[c] over the last axis. */
export function affine(node: Node, [x]: readonly Tensor[]): Tensor {
  const { scale, bias } = node.weights;
  const columns = scale.data.length;
  return tensor(
    x.shape,
    x.data.map((value, i) => value * scale.data[i % columns] + bias.data[i % columns]),
  );
}
