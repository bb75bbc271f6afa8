/** The number of attention heads: the one number of the geometry that fused and split projections alike hide. */
import type { JsonObject } from "../formats/json.ts";
import { knownHeads } from "./architectures.ts";
import { modelError } from "./error-codes.ts";
import type { Overrides } from "./family.ts";
import { findField, numberField, textField } from "./settings.ts";

const usualHeadDim = 64;
export const headPaths = ["model_args.num_heads", "num_heads", "num_attention_heads"];

/** Override, configuration, timm's architecture name, else 64 wide heads (or the widest below that divide). */
export function chooseHeads(
  settings: JsonObject | null,
  overrides: Overrides,
  embedDim: number,
  attentionDim: number,
): { readonly numHeads: number; readonly assumed: boolean } {
  if (overrides.numHeads !== undefined)
    return { numHeads: checked(overrides.numHeads, "The number of heads given", attentionDim), assumed: false };
  const stated = numberField(settings, headPaths);
  if (stated !== null) {
    const path = findField(settings, headPaths)?.path ?? "num_heads";
    return { numHeads: checked(stated, `The configuration's ${path}`, attentionDim), assumed: false };
  }
  const known = knownHeads(textField(settings, ["architecture"]), embedDim);
  if (known !== null && attentionDim % known === 0) return { numHeads: known, assumed: false };
  let headDim = Math.min(usualHeadDim, attentionDim);
  while (attentionDim % headDim !== 0) headDim--;
  return { numHeads: attentionDim / headDim, assumed: true };
}

function checked(numHeads: number, who: string, attentionDim: number): number {
  if (Number.isInteger(numHeads) && numHeads > 0 && attentionDim % numHeads === 0) return numHeads;
  const possible = Array.from({ length: attentionDim }, (_, i) => i + 1).filter(
    (heads) => attentionDim % heads === 0 && attentionDim / heads >= 8,
  );
  throw modelError(
    "HEADS_INVALID",
    `${who} is ${numHeads}.`,
    `The attention is ${attentionDim} wide, which ${numHeads} heads do not divide.`,
    `Give a number of heads that does (${possible.join(", ")}); ${usualHeadDim} per head is usual.`,
  );
}
