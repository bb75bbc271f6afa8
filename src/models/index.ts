/** Recognising a model: the registered families, and the one call that turns files into a card and, when wanted, a graph. */
import type { ModelFiles } from "../formats/open-model.ts";
import type { Graph } from "../graph/graph.ts";
import type { Job } from "../tensor/progress.ts";
import { deit } from "./deit.ts";
import type { Description, Family, Overrides } from "./family.ts";
import { onnx } from "./onnx.ts";
import { notAVit } from "./other-networks.ts";
import { vit } from "./vit.ts";

export const families: readonly Family[] = [deit, vit, onnx];

/** Below this, the weights are of no family: at least three of a ViT's five marks must be there. */
const leastConfidence = 0.5;

export interface IdentifiedModel extends Description {
  /** Reads the weights. */
  build(job?: Job): Promise<Graph>;
}

/** Reads no tensor. Throws an InputError that says what the weights are when no family fits. */
export function identifyModel(files: ModelFiles, overrides: Overrides = {}): IdentifiedModel {
  const ranked = families.map((family) => ({ family, confidence: family.match(files) })).sort((a, b) => b.confidence - a.confidence);
  const [{ family, confidence }] = ranked;
  if (confidence < leastConfidence) throw notAVit(files.weights.names, files.name);
  const { card, notes } = family.describe(files, overrides);
  return { card, notes, build: (job) => family.build(files, card, job) };
}
