import type { RecipeChoice } from "./worker/lab-api.ts";

/** Methods by what they do beyond choosing ranges; within a group in the order of the registry. */
const GROUPS: readonly { readonly title: string; readonly recipes: readonly string[] }[] = [
  { title: "Ours", recipes: ["vitrine"] },
  { title: "Baselines", recipes: ["min-max", "percentile", "mse", "fq-vit"] },
  { title: "Reparameterization", recipes: ["repq-vit", "outlier-tune", "repquant", "dopq-vit", "is-vit"] },
  { title: "Search", recipes: ["ptq4vit", "adalog", "uq-vit"] },
  { title: "Weight rounding", recipes: ["gptq", "gptaq", "erq"] },
  { title: "Compensation", recipes: ["qwt", "qwt-v2"] },
  { title: "Mixed precision", recipes: ["lrp-qvit", "sensitivity"] },
];

export interface RecipeGroup {
  readonly title: string;
  readonly recipes: readonly RecipeChoice[];
}

/** The engine's recipes in their groups; one that no group names is among the last, so that it can be chosen. */
export function recipeGroups(recipes: readonly RecipeChoice[]): readonly RecipeGroup[] {
  const named = new Set(GROUPS.flatMap((group) => group.recipes));
  const groups = GROUPS.map(({ title, recipes: names }) => ({ title, recipes: recipes.filter(({ name }) => names.includes(name)) }));
  const others = { title: "Others", recipes: recipes.filter(({ name }) => !named.has(name)) };
  return [...groups, others].filter((group) => group.recipes.length > 0);
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
