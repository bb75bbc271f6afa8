/** How many bits each quantizer gets: one width per tensor role, and exceptions by layer (mixed precision). */
import { roleOf, type SiteRule } from "./recipes/recipe.ts";
import type { Place } from "./sites.ts";

/** Bits of single layers, by node name; a role that is absent keeps the model's width. */
export type LayerBits = Readonly<Record<string, { readonly weights?: number | undefined; readonly activations?: number | undefined }>>;

export interface BitWidths {
  readonly weights: number;
  readonly activations: number;
  /** Of attention probabilities. */
  readonly attention: number;
  readonly layers?: LayerBits | undefined;
}

/** The bits of a rule at a place: fixed by the recipe, or the user's width for its role. */
export function bitsAt(rule: SiteRule, { node }: Place, widths: BitWidths): number {
  if (typeof rule.bits === "number") return rule.bits;
  const exception = widths.layers?.[node.name];
  return exception?.[roleOf(rule.bits)] ?? widths[rule.bits];
}
