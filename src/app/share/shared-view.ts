import type { LabState } from "../store/lab-store.ts";
import { chosenPreprocessing } from "../store/inputs-slice.ts";
import type { SharedView } from "./share-link.ts";

/** What a link to the present view carries: the run that is shown, else the recipe that is set. */
export function sharedView(state: LabState): SharedView {
  const { result, controls, versus, panel, side, filter, model, modelFiles, images, fingerprint } = state;
  const preprocessing = chosenPreprocessing(model);
  const { recipe, weightBits, activationBits, attentionBits, rules, levels } = result?.asked ?? controls;
  return {
    controls: {
      recipe,
      weightBits,
      activationBits,
      levels,
      ...(attentionBits === undefined ? {} : { attentionBits }),
      ...(rules === undefined ? {} : { rules: structuredClone(rules) as SharedView["controls"]["rules"] }),
    },
    // Whoever follows the link wants to see the result, not how it was shared.
    view: { panel: panel === "report" ? "compare" : panel, side, filter, versus: result?.asked.baseline ?? versus },
    model: model === null ? null : { name: model.card.name, isSample: modelFiles.length === 0, weights: fingerprint?.weights ?? null },
    images:
      images === null
        ? null
        : { calibration: images.calibrationCount, evaluation: images.evaluation.length, digest: fingerprint?.images ?? null },
    rule: images?.rule ?? null,
    ...(preprocessing === null ? {} : { preprocessing }),
  };
}
