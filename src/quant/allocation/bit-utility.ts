/** Costs of a layer at a width, from relevance scores (LRP-QViT) or from measurement. */
import type { LayerScores } from "../relevance/layer-relevance.ts";
import type { SensitivityTable } from "./measure-sensitivity.ts";

/** How much a width is worth; only differences count. */
export type Utility = (bits: number) => number;

/** Minus the power of uniform rounding noise, up to a factor: each bit quarters it. */
export const noiseUtility: Utility = (bits) => -(4 ** -bits);

/** Every bit is worth the same. */
export const linearUtility: Utility = (bits) => bits;

/** Layers that carry more relevance gain more by bits: cost = -Omega u(bits). */
export function relevanceCost(scores: LayerScores, utility: Utility): (layer: string, bits: number) => number {
  return (layer, bits) => {
    const score = scores[layer];
    if (score === undefined) throw new Error(`internal: ${layer} has no relevance score`);
    return -score * utility(bits);
  };
}

/** What was measured with only this layer at these bits. */
export function measuredCost(table: SensitivityTable): (layer: string, bits: number) => number {
  return (layer, bits) => {
    const value = table[layer]?.[bits];
    if (value === undefined) throw new Error(`internal: ${layer} was not measured at ${bits} bits`);
    return value;
  };
}
