import { randomVit } from "../../models/random-vit.ts";
import { recipeSites } from "../../quant/rules/recipe-sites.ts";
import type { QuantizeRequest } from "../../runner/comparison.ts";
import { packageBytes } from "../../runner/package-size.ts";
import { recipeNamed } from "../../runner/quantize-model.ts";
import { estimateCost } from "../../runner/rules/estimate-cost.ts";
import type { LabRecipeSites } from "../worker/lab-api.ts";

/** What a real recipe quantizes in a small random ViT. */
export function fakeRecipeSites(depth: number, recipe: string): LabRecipeSites {
  const graph = randomVit({ image: 32, patch: 8, dim: 32, depth, heads: 4, mlp: 128, classes: 10, seed: 5 });
  return { recipe, floatBytes: packageBytes(graph, graph).floatBytes, sites: recipeSites(graph, recipeNamed(recipe)) };
}

export function fakeEffectiveBits(depth: number, request: QuantizeRequest): { readonly weights: number; readonly activations: number } {
  const { sites, floatBytes } = fakeRecipeSites(depth, request.recipe);
  return estimateCost(sites, floatBytes, request).effectiveBits;
}
