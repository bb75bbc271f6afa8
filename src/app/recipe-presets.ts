import type { QuantizeRequest } from "../runner/comparison.ts";

/** A method and bits for somebody who knows neither. */
export interface RecipePreset {
  readonly title: string;
  readonly description: string;
  readonly request: Pick<QuantizeRequest, "recipe" | "weightBits" | "activationBits">;
}

/** From careful to daring, the naive baseline last. */
export const RECIPE_PRESETS: readonly RecipePreset[] = [
  preset("Safe", "A quarter of the size; predictions hardly change.", "repq-vit", 8, 8),
  preset("Small file", "Weights at an eighth of their size, activations nearly untouched.", "repq-vit", 4, 8),
  preset("Six bits", "Three quarters of the 8-bit size; here naive methods begin to lose.", "repq-vit", 6, 6),
  preset("Four bits", "The setting that papers compare at: an eighth of the size.", "repq-vit", 4, 4),
  preset("Four bits, best effort", "Everything that helped here; calibration takes longer.", "vitrine", 4, 4),
  preset("The naive way", "Smallest and largest value, equal steps: what the others are measured against.", "min-max", 4, 4),
];

function preset(title: string, description: string, recipe: string, weightBits: number, activationBits: number): RecipePreset {
  return { title, description, request: { recipe, weightBits, activationBits } };
}
