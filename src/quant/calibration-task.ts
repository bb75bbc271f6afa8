/** What calibration is asked for, and what it gives. */
import type { Graph, Node } from "../graph/graph.ts";
import type { Levels } from "../graph/quantizer.ts";
import type { Job } from "../tensor/progress.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { LayerBits } from "./bits.ts";
import type { Choice } from "./observers/observer.ts";
import type { Recipe } from "./recipes/recipe.ts";
import type { LayerRule } from "./rules/layer-rule.ts";

/** What is asked of a recipe. */
export interface QuantizeSettings {
  readonly weightBits: number;
  readonly activationBits: number;
  /** Of attention probabilities; the activations' bits when absent. */
  readonly attentionBits?: number | undefined;
  /** Exceptions by layer; a recipe that allocates bits itself is not asked to where these are given. */
  readonly layerBits?: LayerBits | undefined;
  /** What the user changes: over everything else, fixed bits and exceptions by layer included. */
  readonly rules?: readonly LayerRule[] | undefined;
  readonly levels: Levels;
}

/** What to make of one float model. */
export interface CalibrationTask extends QuantizeSettings {
  readonly recipe: Recipe;
}

/** What all tasks of a walk share. */
export interface CalibrationInputs {
  /** The float model. */
  readonly graph: Graph;
  /** [B,C,H,W], normalised; a recipe takes the first ones it needs. */
  readonly images: Tensor;
  /** Executes one node in float on a whole batch: the GPU, or the CPU reference. */
  readonly runNode: (node: Node, inputs: readonly Tensor[]) => Promise<Tensor>;
  readonly job?: Job | undefined;
}

export type CalibrationRequest = CalibrationInputs & CalibrationTask;

/** How every quantizer was chosen, by place ("blocks.3.attn.qkv.input"). */
export interface CalibrationReport {
  readonly recipe: string;
  readonly imageCount: number;
  /** As observed, before any pass. */
  readonly observed: Readonly<Record<string, Choice>>;
  /** Weight quantizers found again after steps or passes changed the weights. */
  readonly recalibrated: Readonly<Record<string, Choice>>;
  /** Bits by layer, given or allocated by the recipe; absent where all layers have the widths asked for. */
  readonly layerBits?: LayerBits;
}

export interface Calibrated {
  readonly graph: Graph;
  readonly report: CalibrationReport;
}
