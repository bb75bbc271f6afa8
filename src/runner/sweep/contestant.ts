import type { LayerRule } from "../../quant/rules/layer-rule.ts";

/** What runs at every bit setting of a sweep: a recipe, as it is or with rules on top. */
export interface Contestant {
  readonly recipe: string;
  readonly rules?: readonly LayerRule[] | undefined;
}

/** Tells a row from every other of a sweep. */
export function cellName({ recipe, rules = [] }: Contestant, bits: string): string {
  return `${recipe} ${bits}${rules.length > 0 ? ` ${JSON.stringify(rules)}` : ""}`;
}

/** "RepQ-ViT", "RepQ-ViT, 2 rules". */
export function contestantLabel(recipe: string, ruleCount: number): string {
  return ruleCount === 0 ? recipe : `${recipe}, ${ruleCount} ${ruleCount === 1 ? "rule" : "rules"}`;
}
