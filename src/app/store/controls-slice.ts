import type { QuantizeRequest } from "../../runner/comparison.ts";
import type { CompareRequest } from "../worker/lab-api.ts";
import type { SetSlice } from "./set-slice.ts";

/** How to quantize next. */
export const WEIGHT_BITS = [2, 3, 4, 6, 8] as const;
export const ACTIVATION_BITS = [3, 4, 6, 8] as const;
export const BASELINE_RECIPE = "min-max";
export const FIRST_CONTROLS: QuantizeRequest = { recipe: "repq-vit", weightBits: 4, activationBits: 4, levels: "strict" };

export interface ControlsSlice {
  readonly controls: QuantizeRequest;
  setControls(change: Partial<QuantizeRequest>): void;
}

export function controlsSlice(set: SetSlice<ControlsSlice>): ControlsSlice {
  return {
    controls: FIRST_CONTROLS,
    setControls: (change) => set((state) => ({ controls: { ...state.controls, ...change } })),
  };
}

/** The naive baseline runs beside every other recipe, to tell what the recipe rescued. */
export function compareRequest(controls: QuantizeRequest): CompareRequest {
  return { ...controls, baseline: controls.recipe === BASELINE_RECIPE ? null : BASELINE_RECIPE };
}

export function sameRequest(a: QuantizeRequest, b: QuantizeRequest): boolean {
  return (
    a.recipe === b.recipe &&
    a.weightBits === b.weightBits &&
    a.activationBits === b.activationBits &&
    (a.attentionBits ?? a.activationBits) === (b.attentionBits ?? b.activationBits) &&
    a.levels === b.levels
  );
}
