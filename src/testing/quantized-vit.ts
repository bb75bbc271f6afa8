/** Small Vision Transformers, opened and quantized on the CPU: what exports are tried on. */
import { openModelFiles } from "../formats/open-model.ts";
import type { Graph } from "../graph/graph.ts";
import { identifyModel } from "../models/index.ts";
import { calibrate } from "../quant/calibrate.ts";
import { recipes, type RecipeName } from "../quant/recipes/index.ts";
import { runNode } from "../reference/index.ts";
import { modelSources, syntheticVit, type SyntheticOptions } from "./synthetic-model.ts";
import { randomPixels } from "./random-vit.ts";

/** Calibration and test images of the models below: [8,3,32,32]. */
export const smallPixels = randomPixels(8, 32, 5);

export async function openSynthetic(options: SyntheticOptions) {
  const sources = modelSources(syntheticVit({ numClasses: 5, imageSize: [32, 32], ...options }));
  const { card, build } = identifyModel(await openModelFiles(sources));
  return { card, graph: await build() };
}

export async function quantizeSmall(graph: Graph, recipe: RecipeName, weightBits: number, activationBits: number) {
  const onCpu = (node: Parameters<typeof runNode>[0], inputs: Parameters<typeof runNode>[1]) => Promise.resolve(runNode(node, inputs));
  const request = { weightBits, activationBits, levels: "strict" } as const;
  const result = await calibrate({ graph, images: smallPixels, recipe: recipes[recipe], runNode: onCpu, ...request });
  return { graph: result.graph, request: { recipe, ...request } };
}
