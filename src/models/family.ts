/** What a model family is to the rest of the program: it recognises its weights, describes them from the header, and builds the graph. */
import type { ModelFiles } from "../formats/open-model.ts";
import type { Graph } from "../graph/graph.ts";
import type { Job } from "../tensor/progress.ts";
import type { ModelCard } from "./config.ts";

/** What the user states where the files are silent or wrong. */
export interface Overrides {
  readonly numHeads?: number | undefined;
  /** [height, width] in pixels: positions are resampled where the model has absolute ones. */
  readonly imageSize?: readonly [number, number] | undefined;
}

export interface Description {
  readonly card: ModelCard;
  /** Where files contradict each other, and which was followed; plain sentences. */
  readonly notes: readonly string[];
}

export interface Family {
  readonly name: string;
  /** 0 (no) to 1 (certainly), from names and configuration only. */
  match(files: ModelFiles): number;
  /** Reads no tensor. Throws an InputError when this model cannot be run. */
  describe(files: ModelFiles, overrides: Overrides): Description;
  build(files: ModelFiles, card: ModelCard, job?: Job): Promise<Graph>;
}
