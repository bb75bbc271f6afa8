/** The first question of every diagnosis: is it the weights or the activations? (AIMET's first analysis.) */
import { throwIfCancelled } from "../../tensor/progress.ts";
import type { DiagnosedModel } from "./diagnosed-model.ts";
import { distance, floatLogits, type Distance } from "./distance.ts";
import { ALL_OFF, ALL_ON, createSwitchedRuns, type Switches } from "./switched-runs.ts";

/** The quantized model with weights or activations, both or neither rounded, each against the float model. */
export interface ErrorSplit {
  /**
   * Nothing rounded: not 0 where the recipe has put rounded weights into the model (its solver chose them), or compensates errors that are not there
   * now. `weights` and `activations` then contain it.
   */
  readonly neither: Distance;
  readonly weights: Distance;
  readonly activations: Distance;
  readonly both: Distance;
  readonly imageCount: number;
}

const SETTINGS: readonly (readonly [keyof Omit<ErrorSplit, "imageCount">, Switches])[] = [
  ["neither", ALL_OFF],
  ["weights", (_node, site) => site === "weight"],
  ["activations", (_node, site) => site !== "weight"],
  ["both", ALL_ON],
];

export async function splitError(model: DiagnosedModel): Promise<ErrorSplit> {
  const reference = await floatLogits(model);
  const found: Partial<Record<keyof ErrorSplit, Distance>> = {};
  for (const [index, [name, switches]] of SETTINGS.entries()) {
    throwIfCancelled(model.job);
    model.job?.onProgress?.({ stage: `rounding ${PHRASES[name]}`, done: index, total: SETTINGS.length });
    found[name] = distance(reference, await createSwitchedRuns(model, switches)(switches));
  }
  model.job?.onProgress?.({ stage: "weights and activations told apart", done: SETTINGS.length, total: SETTINGS.length });
  const { neither, weights, activations, both } = found;
  if (!neither || !weights || !activations || !both) throw new Error("internal: a setting of the split was left out");
  return { neither, weights, activations, both, imageCount: model.images.shape[0] };
}

const PHRASES = { neither: "nothing", weights: "weights only", activations: "activations only", both: "both" } as const;
