/** Weights that lie in a file as codes: their values with the quantizers of the layer that reads them, which follow them through joining and scaling of rows. */
import type { Quantizer, Quantizers } from "../graph/quantizer.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { pickRows, sameQuantizer, scaleQuantizer } from "./quantizer-rows.ts";

interface StoredWeight extends Tensor {
  readonly quantizers: Quantizers;
}

export function withQuantizers(weight: Tensor, quantizers: Quantizers): Tensor {
  const stored: StoredWeight = { ...weight, quantizers };
  return Object.keys(quantizers).length > 0 ? stored : weight;
}

/** Empty for weights that were stored as floats. */
export function quantizersOf(weight: Tensor): Quantizers {
  return "quantizers" in weight ? (weight as StoredWeight).quantizers : {};
}

export function withoutQuantizers({ dtype, shape, data }: Tensor): Tensor {
  return { dtype, shape, data };
}

/** Of `parts` [N_i,K] one below the other: a quantizer is kept where one can stand for all. */
export function joinedQuantizers(parts: readonly Tensor[]): Quantizers {
  const each = parts.map(quantizersOf);
  if (!each.some(({ weight, input }) => weight ?? input)) return {};
  const rows = parts.flatMap(({ shape: [count] }, i) =>
    Array.from({ length: count }, (_, row) => ({ quantizer: each[i].weight ?? null, row, count })),
  );
  const [{ input = null }] = each;
  const isShared = each.every((other) => sameQuantizer(other.input ?? null, input));
  return kept(pickRows(rows), isShared ? input : null);
}

/** Of a weight whose rows are multiplied by factors. */
export function scaledQuantizers(weight: Tensor, factors: Float32Array): Quantizers {
  const { weight: own, input } = quantizersOf(weight);
  return kept(own ? scaleQuantizer(own, factors) : null, input ?? null);
}

export function kept(weight: Quantizer | null, input: Quantizer | null): Quantizers {
  return { ...(input ? { input } : {}), ...(weight ? { weight } : {}) };
}
