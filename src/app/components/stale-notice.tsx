import { Button } from "react-aria-components/Button";
import { isPreparedOtherwise, isStale } from "../store/stale.ts";
import { useActions, useLab } from "./lab-context.tsx";
import { useUndoChange } from "./use-undo-change.ts";

/** Says that the recipe or the preprocessing has changed since the shown run, and offers both ways out. */
export function StaleNotice() {
  const stale = useLab(isStale);
  const isRunning = useLab((state) => state.job !== null && !state.job.isBackground);
  const isPrepared = useLab((state) => !isPreparedOtherwise(state));
  const undo = useUndoChange();
  const { compare } = useActions();
  if (!stale || isRunning) return null;
  return (
    <div className="notice warning stale-notice" data-testid="stale-notice">
      <p>
        <span aria-hidden="true">▲ </span>
        {isPrepared ? "The recipe changed since this run." : "The preprocessing changed since this run."}
      </p>
      <Button className="button" onPress={() => void compare()}>
        Run again
      </Button>
      <Button className="button" onPress={undo}>
        Undo the change
      </Button>
    </div>
  );
}
