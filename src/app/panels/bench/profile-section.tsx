import { useMemo } from "react";
import { Button } from "react-aria-components/Button";
import { NOTED_DRIFT } from "../../../runner/profile/drift.ts";
import type { ProfileReport } from "../../../runner/profile/profile-report.ts";
import { toTrace } from "../../../runner/profile/trace.ts";
import { Tile } from "../../components/tile.tsx";
import { KernelShares } from "../../figures/kernel-shares.tsx";
import { Measured } from "../../figures/measured.tsx";
import { RooflineChart } from "../../figures/roofline-chart.tsx";
import { formatBytes, formatChange, formatDuration, formatMs, hiddenText } from "../../format.ts";
import { compareProfiles, workName } from "../../results/bench-rows.ts";
import { saveFile } from "../../save-file.ts";
import type { SavedProfile } from "../../store/bench-slice.ts";
import { StepTable } from "./step-table.tsx";

/** What was measured: the way to the first result, whole forwards, and every dispatch of one. */
export function ProfileSection({ profile, saved }: { readonly profile: ProfileReport; readonly saved: SavedProfile | null }) {
  const comparison = useMemo(() => compareProfiles(profile, saved?.report ?? null), [profile, saved]);
  const { isSoftware, roofline, steps } = profile;
  return (
    <>
      <Tiles profile={profile} warmChange={comparison.warmChange} />
      {!isSoftware && (
        <div className="plot-grid">
          <section className="card" aria-labelledby="shares-title" data-testid="shares">
            <h2 id="shares-title">{sharesTitle(profile)}</h2>
            <KernelShares kernels={profile.kernels} />
          </section>
          {roofline !== null && (
            <section className="card" aria-labelledby="roofline-title" data-testid="roofline">
              <h2 id="roofline-title">How near each step is to what the adapter can do</h2>
              <Measured>{(width) => <RooflineChart steps={steps} roofline={roofline} width={width} />}</Measured>
              <p className="muted small">
                Circles multiply floats, squares packed integers. Under the slope a step waits for memory, under the flat roof for
                arithmetic; the table below has every number.
              </p>
            </section>
          )}
        </div>
      )}
      <StepTable profile={profile} comparison={comparison} />
      <section className="downloads" aria-label="Downloads">
        <Button
          className="button"
          data-testid="save-profile"
          onPress={() => saveFile("vitrine-profile.json", "application/json", JSON.stringify(profile, null, 2))}
        >
          Save this profile
        </Button>
        <Button
          className="button"
          data-testid="save-trace"
          onPress={() => saveFile("vitrine-trace.json", "application/json", JSON.stringify(toTrace(profile)))}
        >
          Download trace for Perfetto
        </Button>
      </section>
      <p className="muted small">
        To look at the trace, open{" "}
        <a href="https://ui.perfetto.dev" target="_blank" rel="noopener noreferrer">
          ui.perfetto.dev
        </a>{" "}
        (another site) and drop the file there, or open it in chrome://tracing. This page sends nothing anywhere.
      </p>
    </>
  );
}

function sharesTitle({ kernels, sumMs }: ProfileReport): string {
  const [first] = kernels;
  return first === undefined ? "No kernel ran" : `${first.kernel} takes ${first.percent.toFixed(0)} % of ${formatDuration(sumMs / 1e3)}`;
}

/** Older profiles do not say it: then as a forward of one image has it. */
const submitsText = ({ submits = 1 }: ProfileReport) => (submits === 1 ? "in one submit" : `in ${submits} submits`);

function Tiles({ profile, warmChange }: { readonly profile: ProfileReport; readonly warmChange: number | null }) {
  const { cold, warm, memory, steps, isSoftware, clockNote, hiddenMs = 0 } = profile;
  const unit = isSoftware ? "of a software adapter" : "";
  const compiled = cold.pipelinesCompiled === 0 ? "nothing to compile: not a cold start" : `${cold.pipelinesCompiled} pipelines compiled`;
  return (
    <section className="stack" aria-label="In short" data-testid="bench-tiles">
      <p>
        <strong>{workName(profile)}</strong>
        <span className="muted">
          {" "}
          · {profile.env.adapter.tunedShapes > 0 ? "tuned kernels" : "default kernels"} · {profile.date.slice(0, 16).replace("T", " ")}
        </span>
      </p>
      <div className="tiles">
        <Tile
          title="A warm forward"
          sub={`${formatDuration(warm.lowestMs / 1e3)} to ${formatDuration(warm.highestMs / 1e3)} in ${warm.runs} runs`}
        >
          <span data-testid="warm" data-value={warm.medianMs}>
            {formatDuration(warm.medianMs / 1e3)}
          </span>
          {unit !== "" && <small>{unit}</small>}
          {warm.drift !== null && warm.drift !== undefined && (
            <small data-testid="drift" data-value={warm.drift}>
              drift {formatChange(warm.drift)}, last quarter against first
            </small>
          )}
          {warmChange !== null && <small data-testid="warm-change">{formatChange(warmChange)} against the saved run</small>}
        </Tile>
        <Tile title="To the first result" sub={compiled}>
          <span data-testid="cold" data-value={cold.totalMs}>
            {formatMs(cold.totalMs)}
          </span>
          {unit !== "" && <small>{unit}</small>}
        </Tile>
        <Tile title="Dispatches" sub={`${submitsText(profile)}, with one readback`}>
          <span data-testid="dispatches" data-value={steps.length}>
            {steps.length}
          </span>
        </Tile>
        <Tile title="GPU memory" sub={`${formatBytes(memory.weightBytes)} weights, ${formatBytes(memory.arenaBytes)} activations`}>
          <span>{formatBytes(memory.weightBytes + memory.arenaBytes)}</span>
        </Tile>
      </div>
      <p className="muted small">
        The way to the first result: plan {formatMs(cold.planMs)}; weights packed and uploaded {formatMs(cold.weightsMs)}, while pipelines
        compile {formatMs(cold.compileMs)}; first run {formatMs(cold.firstRunMs)}.
      </p>
      {hiddenMs > 0 && (
        <p className="notice warning" data-testid="hidden-run">
          <span aria-hidden="true">▲ </span>
          <strong>This run is invalid:</strong> {hiddenText(hiddenMs)} while it was measured, and browsers slow down what is hidden. Profile
          again and leave the tab in front.
        </p>
      )}
      {Math.abs(warm.drift ?? 0) > NOTED_DRIFT && (
        <p className="notice warning" data-testid="drift-note">
          <span aria-hidden="true">▲ </span>The last forwards took {formatChange(warm.drift ?? 0)} against the first ones: the machine
          {(warm.drift ?? 0) > 0 ? " slows down (heat, a battery saver)" : " was still getting up to speed"}. Measure again when it is at
          rest.
        </p>
      )}
      {clockNote !== null && (
        <p className="notice warning" data-testid="clock-note">
          <span aria-hidden="true">▲ </span>
          {clockNote}
        </p>
      )}
    </section>
  );
}
