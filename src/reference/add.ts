import type { Node } from "../graph/graph.ts";
import { tensor, type Tensor } from "../tensor/tensor.ts";

/** a + b, element by element. */
export function add(_node: Node, [a, b]: readonly Tensor[]): Tensor {
  return tensor(
    a.shape,
    a.data.map((value, i) => value + b.data[i]),
  );
}
