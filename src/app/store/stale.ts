import { samePreprocessing } from "../../images/print-preprocessing.ts";
import { compareRequest, sameRequest } from "./controls-slice.ts";
import type { ControlsSlice } from "./controls-slice.ts";
import type { InputsSlice } from "./inputs-slice.ts";
import type { ResultSlice } from "./result-slice.ts";

/** True when the images of the shown result went through another preprocessing than the one in use. */
export function isPreparedOtherwise({ result, model }: Pick<ResultSlice, "result"> & Pick<InputsSlice, "model">): boolean {
  return result !== null && model !== null && !samePreprocessing(result.preprocessing, model.card.preprocessing);
}

/** True when the controls or the preprocessing no longer say what the shown result was made with. */
export function isStale(
  state: Pick<ResultSlice, "result"> & Pick<ControlsSlice, "controls" | "versus"> & Pick<InputsSlice, "model">,
): boolean {
  if (state.result === null) return false;
  const { asked } = state.result;
  return (
    isPreparedOtherwise(state) ||
    !sameRequest(asked, state.controls) ||
    asked.baseline !== compareRequest(state.controls, state.versus).baseline
  );
}
