import type { QuantizeRequest } from "../../runner/comparison.ts";
import type { CompareRequest } from "../worker/lab-api.ts";
import { NO_HISTORY, recorded, redone, undone, type History } from "./history.ts";
import type { SetSlice } from "./set-slice.ts";

/** How to quantize next. */
export const WEIGHT_BITS = [2, 3, 4, 6, 8] as const;
export const ACTIVATION_BITS = [3, 4, 6, 8] as const;
export const BASELINE_RECIPE = "min-max";
export const FIRST_CONTROLS: QuantizeRequest = { recipe: "repq-vit", weightBits: 4, activationBits: 4, levels: "strict" };

export interface ControlsSlice {
  readonly controls: QuantizeRequest;
  readonly controlsHistory: History<QuantizeRequest>;
  /** The recipe that runs beside it at the same bits, to tell the two apart. */
  readonly versus: string;
  setVersus(recipe: string): void;
  setControls(change: Partial<QuantizeRequest>): void;
  undoControls(): void;
  redoControls(): void;
}

export function controlsSlice(set: SetSlice<ControlsSlice>): ControlsSlice {
  return {
    controls: FIRST_CONTROLS,
    controlsHistory: NO_HISTORY,
    versus: BASELINE_RECIPE,
    setVersus: (versus) => set({ versus }),
    setControls: (change) =>
      set(({ controls: before, controlsHistory }) => {
        const controls = { ...before, ...change };
        if (sameRequest(before, controls)) return { controls };
        return { controls, controlsHistory: recorded(controlsHistory, before) };
      }),
    undoControls: () => set((state) => stepped(undone(state.controlsHistory, state.controls))),
    redoControls: () => set((state) => stepped(redone(state.controlsHistory, state.controls))),
  };
}

function stepped(step: ReturnType<typeof undone<QuantizeRequest>>): Partial<ControlsSlice> {
  return step === null ? {} : { controls: step.value, controlsHistory: step.history };
}

/** Another recipe, at first the naive baseline, runs beside every one, to tell what the recipe rescued. */
export function compareRequest(controls: QuantizeRequest, versus: string = BASELINE_RECIPE): CompareRequest {
  return { ...controls, baseline: controls.recipe === versus ? null : versus };
}

/** The settings that a run was made with, each of them named, so that they replace whatever is set. */
export function controlsOfRun({ recipe, weightBits, activationBits, attentionBits, rules, levels }: QuantizeRequest): QuantizeRequest {
  return { recipe, weightBits, activationBits, attentionBits, layerBits: undefined, rules, levels };
}

export function sameRequest(a: QuantizeRequest, b: QuantizeRequest): boolean {
  return (
    a.recipe === b.recipe &&
    a.weightBits === b.weightBits &&
    a.activationBits === b.activationBits &&
    (a.attentionBits ?? a.activationBits) === (b.attentionBits ?? b.activationBits) &&
    a.levels === b.levels &&
    JSON.stringify(a.rules ?? []) === JSON.stringify(b.rules ?? [])
  );
}
