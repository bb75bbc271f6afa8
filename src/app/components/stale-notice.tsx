import { Button } from "react-aria-components/Button";
import { controlsOfRun } from "../store/controls-slice.ts";
import { isStale } from "../store/result-slice.ts";
import { useActions, useLab } from "./lab-context.tsx";

/** Says that the recipe has changed since the shown run, and offers both ways out. */
export function StaleNotice() {
  const stale = useLab(isStale);
  const isRunning = useLab((state) => state.job !== null && !state.job.isBackground);
  const request = useLab((state) => state.result?.asked ?? null);
  const setControls = useLab((state) => state.setControls);
  const setVersus = useLab((state) => state.setVersus);
  const { compare } = useActions();
  if (!stale || isRunning || request === null) return null;
  const { baseline } = request;
  return (
    <div className="notice warning stale-notice" data-testid="stale-notice">
      <p>
        <span aria-hidden="true">▲ </span>The recipe changed since this run.
      </p>
      <Button className="button" onPress={() => void compare()}>
        Run again
      </Button>
      <Button
        className="button"
        onPress={() => {
          setControls(controlsOfRun(request));
          if (baseline !== null) setVersus(baseline);
        }}
      >
        Undo the change
      </Button>
    </div>
  );
}
