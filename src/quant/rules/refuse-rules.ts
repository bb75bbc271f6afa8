import type { Graph } from "../../graph/graph.ts";
import { InputError } from "../../tensor/input-error.ts";
import type { Recipe } from "../recipes/recipe.ts";
import type { LayerRule } from "./layer-rule.ts";
import { recipeSites } from "./recipe-sites.ts";
import { ruleFaults } from "./rule-faults.ts";

/** Throws RULES_REFUSED for the first rule that the model or the recipe cannot follow. */
export function refuseRules(graph: Graph, recipe: Recipe, rules: readonly LayerRule[]): void {
  if (rules.length === 0) return;
  const [fault] = ruleFaults(recipeSites(graph, recipe), rules, recipe.bitRange);
  if (fault === undefined) return;
  throw new InputError("RULES_REFUSED", {
    what: `Rule ${fault.rule + 1} (${rules[fault.rule].where.join(", ")}): ${fault.what}`,
    why: fault.why,
    next: `Change or remove the rule, or take another recipe than ${recipe.name}.`,
  });
}
