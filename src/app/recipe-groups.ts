import { recipeGroupNames } from "../quant/recipes/recipe.ts";
import type { RecipeChoice } from "./worker/lab-api.ts";

export interface RecipeGroup {
  readonly title: string;
  readonly recipes: readonly RecipeChoice[];
}

/** The engine's recipes in their groups, each in the order of the registry. */
export function recipeGroups(recipes: readonly RecipeChoice[]): readonly RecipeGroup[] {
  return recipeGroupNames
    .map((title) => ({ title, recipes: recipes.filter(({ group }) => group === title) }))
    .filter((group) => group.recipes.length > 0);
}

/** "Ding, Yang et al.: Title. CVPR 2023, arXiv 1234.56789" as "CVPR 2023"; arXiv papers by their year. */
export function venueOf(paper: string | null): string {
  const year = paper === null ? null : /(?:([A-Z][\w&]*(?: Workshops)?) )?((?:19|20)\d\d)(?=[,;.]|$)/.exec(paper);
  return year === null ? "" : [year[1], year[2]].filter((part) => part !== undefined).join(" ");
}

/** As much as fits into a list. */
export function firstSentence(text: string): string {
  const end = text.indexOf(". ");
  return end < 0 ? text : text.slice(0, end + 1);
}
