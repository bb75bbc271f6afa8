import { controlsOfRun } from "../store/controls-slice.ts";
import { otherThanStated } from "../store/inputs-slice.ts";
import { isPreparedOtherwise } from "../store/stale.ts";
import { useActions, useLabStore } from "./lab-context.tsx";

/** Sets recipe, the one beside it and preprocessing back to those of the shown run. */
export function useUndoChange(): () => void {
  const store = useLabStore();
  const { choosePreprocessing } = useActions();
  return () => {
    const { result, model, setControls, setVersus } = store.getState();
    if (result === null || model === null) return;
    setControls(controlsOfRun(result.asked));
    if (result.asked.baseline !== null) setVersus(result.asked.baseline);
    if (isPreparedOtherwise(store.getState())) void choosePreprocessing(otherThanStated(model, result.preprocessing));
  };
}
