import { minMax } from "./min-max.ts";
import type { Recipe } from "./recipe.ts";
import { repqVit } from "./repq-vit.ts";

/** Every recipe by name. Adding one: its file, its test, one line here. */
export const recipes = {
  "min-max": minMax,
  "repq-vit": repqVit,
} as const satisfies Record<string, Recipe>;

export type RecipeName = keyof typeof recipes;

export function isRecipeName(name: string): name is RecipeName {
  return Object.hasOwn(recipes, name);
}
