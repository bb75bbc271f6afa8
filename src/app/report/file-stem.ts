import type { QuantizeRequest } from "../../runner/comparison.ts";

/** Beginning of the names of a run's files: "vitrine-repq-vit-w4a4". */
export function fileStem({ recipe, weightBits, activationBits, attentionBits }: QuantizeRequest): string {
  const attention = attentionBits === undefined || attentionBits === activationBits ? "" : `-attention${attentionBits}`;
  return `vitrine-${recipe}-w${weightBits}a${activationBits}${attention}`;
}
