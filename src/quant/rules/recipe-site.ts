/** An operand that a recipe quantizes, as data: what the page needs to apply rules while somebody edits them. */
import type { BitWidths, Role } from "../bits.ts";
import type { Granularity } from "../granularity.ts";
import type { SchemeName } from "../schemes/index.ts";
import { settingAt, type LayerRule, type SiteName, type SiteSetting } from "./layer-rule.ts";

/** A scheme and granularity at a place, and which step of the recipe cannot go on from it; null: none. */
export interface SiteOption extends Omit<SiteSetting, "bits"> {
  readonly refusedBy: string | null;
}

export interface RecipeSite extends SiteName {
  /** Index through all stages; null outside the blocks. */
  readonly block: number | null;
  /** Name inside the block ("attn.qkv"), or the whole name. */
  readonly part: string;
  /** The recipe's own; a role takes the user's bits for it, null stays float. */
  readonly own: { readonly bits: Role | number; readonly scheme: SchemeName; readonly granularity: Granularity } | null;
  readonly options: readonly SiteOption[];
  /** Weights, or elements that are read for one image. */
  readonly count: number;
  /** How many quantizers a granularity makes here. */
  readonly entries: Readonly<Partial<Record<Granularity, number>>>;
  /** True for the operands of matrix products and convolutions with weights, which mean bits are counted over. */
  readonly isGemm: boolean;
}

/** What a site becomes: the recipe's setting at these widths with the rules on top; null stays float. */
export function siteSetting({ own, ...site }: RecipeSite, widths: BitWidths, rules: readonly LayerRule[]): SiteSetting | null {
  if (own === null) return null;
  const bits =
    typeof own.bits === "number" ? own.bits : own.bits === "attention" ? (widths.attention ?? widths.activations) : widths[own.bits];
  return settingAt(rules, site, { ...own, bits });
}
