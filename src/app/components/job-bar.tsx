import { Button } from "react-aria-components/Button";
import { Label } from "react-aria-components/Label";
import { ProgressBar } from "react-aria-components/ProgressBar";
import { formatTimeLeft } from "../format.ts";
import { useActions, useLab } from "./lab-context.tsx";

/** Progress, time left and cancel of the running job. The self-test in the background shows in its badge instead. */
export function JobBar() {
  const job = useLab((state) => state.job);
  const { cancel } = useActions();
  if (job === null || job.isBackground) return null;
  const { progress } = job;
  const value = progress === null || progress.total === 0 ? null : Math.min(100, (100 * progress.done) / progress.total);
  return (
    <section className="job-bar" aria-label="Running job" data-testid="job">
      <ProgressBar className="job-progress" {...(value === null ? { isIndeterminate: true } : { value })}>
        <div className="job-line">
          <Label>
            <strong>{job.title}</strong>
            {progress !== null && <span data-testid="job-stage"> · {progress.stage}</span>}
          </Label>
          <span className="muted job-left">{job.secondsLeft === null ? "" : formatTimeLeft(job.secondsLeft)}</span>
        </div>
        <div className="track">
          <div className={value === null ? "fill indeterminate" : "fill"} style={{ width: value === null ? "30%" : `${value}%` }} />
        </div>
      </ProgressBar>
      <Button className="button" onPress={cancel}>
        Cancel <kbd aria-hidden="true">Esc</kbd>
      </Button>
    </section>
  );
}
