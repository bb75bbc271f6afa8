import { Button } from "react-aria-components/Button";
import { adapterName } from "../../components/adapter-pill.tsx";
import { JsonFileButton } from "../../components/json-file-button.tsx";
import { useActions, useLab } from "../../components/lab-context.tsx";
import { formatDuration } from "../../format.ts";
import { compareProfiles, workName } from "../../results/bench-rows.ts";

/** A profile from a file, beside the one that was just measured. */
export function SavedCard() {
  const profile = useLab((state) => state.profile);
  const saved = useLab((state) => state.savedProfile);
  const setSaved = useLab((state) => state.setSavedProfile);
  const { openSavedProfile } = useActions();
  const comparison = profile === null || saved === null ? null : compareProfiles(profile, saved.report);
  return (
    <section className="card" aria-labelledby="saved-title" data-testid="saved">
      <h2 id="saved-title">{saved === null ? "Compare with a saved run" : `Compared with ${saved.name}`}</h2>
      {saved === null ? (
        <p>A profile that this panel saved, or that the command line wrote: its times and kernels stand beside those of the next one.</p>
      ) : (
        <p data-testid="saved-what">
          {workName(saved.report)}, on {adapterName(saved.report.env.adapter)}, {saved.report.date.slice(0, 10)}:{" "}
          {saved.report.steps.length} dispatches, a warm forward in {formatDuration(saved.report.warm.medianMs / 1e3)}
          {saved.report.isSoftware && " of a software adapter"}.
        </p>
      )}
      {saved !== null && profile === null && <p className="muted small">Profile a forward to see both side by side.</p>}
      {comparison?.notes.map((note) => (
        <p key={note} className="notice warning" data-testid="saved-note">
          <span aria-hidden="true">▲ </span>
          {note}
        </p>
      ))}
      {comparison !== null && (
        <p className="small" data-testid="saved-kernels">
          {comparison.otherKernels === 0
            ? "The same kernels ran in both."
            : `${comparison.otherKernels} ${comparison.otherKernels === 1 ? "step ran on another kernel" : "steps ran on other kernels"}.`}
        </p>
      )}
      <div className="row">
        <JsonFileButton
          label="Open a saved profile"
          fileLabel="Saved profile"
          testId="profile-input"
          onFile={(file) => void openSavedProfile(file)}
        />
        {saved !== null && (
          <Button className="button" onPress={() => setSaved(null)}>
            Close it
          </Button>
        )}
      </div>
    </section>
  );
}
