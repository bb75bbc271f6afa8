import type { LayerBits } from "../../quant/bits.ts";
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
  /** The recipe that runs beside it at the same bits, to tell the two apart. */
  readonly versus: string;
  setVersus(recipe: string): void;
  setControls(change: Partial<QuantizeRequest>): void;
}

export function controlsSlice(set: SetSlice<ControlsSlice>): ControlsSlice {
  return {
    controls: FIRST_CONTROLS,
    versus: BASELINE_RECIPE,
    setVersus: (versus) => set({ versus }),
    setControls: (change) => set((state) => ({ controls: { ...state.controls, ...change } })),
  };
}

/** Another recipe, at first the naive baseline, runs beside every one, to tell what the recipe rescued. Bits of single layers are the recipe's own. */
export function compareRequest(controls: QuantizeRequest, versus: string = BASELINE_RECIPE): CompareRequest {
  return { ...controls, baseline: controls.recipe === versus ? null : versus };
}

export function sameRequest(a: QuantizeRequest, b: QuantizeRequest): boolean {
  return (
    a.recipe === b.recipe &&
    a.weightBits === b.weightBits &&
    a.activationBits === b.activationBits &&
    (a.attentionBits ?? a.activationBits) === (b.attentionBits ?? b.activationBits) &&
    a.levels === b.levels &&
    sameLayerBits(a.layerBits ?? {}, b.layerBits ?? {})
  );
}

function sameLayerBits(a: LayerBits, b: LayerBits): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => a[name]?.weights === b[name]?.weights && a[name]?.activations === b[name]?.activations)
  );
}
