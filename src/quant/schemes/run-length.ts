import type { Quantizer } from "../../graph/quantizer.ts";
import type { Shape } from "../../tensor/tensor.ts";

/**
 * How many consecutive values of a tensor share an entry of the quantizer: value i takes entry floor(i / runLength) % entries.
 * See Quantizer.axis: rows or groups of a weight (0), runs of columns (-1), tokens (-2), everything (null).
 */
export function runLength({ axis, scale }: Pick<Quantizer, "axis" | "scale">, shape: Shape, size: number): number {
  const entries = scale.length;
  const width = shape.at(-1) ?? 1;
  const length = axis === -1 ? width / entries : axis === -2 ? width : size / entries;
  if (!Number.isInteger(length) || (axis === -2 && shape.at(-2) !== entries)) {
    throw new Error(`internal: ${entries} entries do not fit [${shape.join(",")}] along axis ${axis}`);
  }
  return length;
}
