import type { Node } from "../graph/graph.ts";
import { tensor, type Tensor } from "../tensor/tensor.ts";

/** x [B,N,D], gates [B,N,H] or [B,H] -> [B,N,D]: each head times 1 / (1 + exp(-gate)). */
export function headGate(_node: Node, [x, gates]: readonly Tensor[]): Tensor {
  const [, rows, width] = x.shape;
  const heads = gates.shape.at(-1) ?? 1;
  const perImage = gates.shape.length === 2;
  return tensor(
    x.shape,
    x.data.map((value, at) => {
      const row = Math.floor(at / width);
      const head = Math.floor(((at % width) * heads) / width);
      return value / (1 + Math.exp(-gates.data[(perImage ? Math.floor(row / rows) : row) * heads + head]));
    }),
  );
}
