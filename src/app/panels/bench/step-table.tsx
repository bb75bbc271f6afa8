import { useState } from "react";
import type { ProfileReport } from "../../../runner/profile/profile-report.ts";
import { ChoiceSegments } from "../../components/choice.tsx";
import { NumberHeading, ScrollTable } from "../../components/scroll-table.tsx";
import { formatBytes, formatChange, formatCount, formatDuration, formatRate } from "../../format.ts";
import { variantName, type ProfileComparison, type StepRow } from "../../results/bench-rows.ts";

/** Every dispatch of the forward with what it did and how fast. On a software adapter only in the order of the network. */
export function StepTable({ profile, comparison }: { readonly profile: ProfileReport; readonly comparison: ProfileComparison }) {
  const { isSoftware } = profile;
  const [order, setOrder] = useState<"network" | "slowest">("network");
  const { rows, gone } = comparison;
  const isRanked = order === "slowest" && !isSoftware;
  const shown = isRanked ? rows.toSorted((a, b) => b.step.elapsedMs - a.step.elapsedMs) : rows;
  const hasFloor = profile.roofline !== null;
  const hasSaved = rows.some(({ saved }) => saved !== null);
  const hasChange = rows.some(({ change }) => change !== null);
  return (
    <section className="card" aria-labelledby="steps-title" data-testid="steps">
      <div className="card-head">
        <h2 id="steps-title">Every dispatch{isRanked ? ", slowest first" : ", in the order of the network"}</h2>
        {!isSoftware && (
          <ChoiceSegments
            label="Order"
            testId="step-order"
            value={order}
            choices={[
              { value: "network", label: "Network" },
              { value: "slowest", label: "Slowest first" },
            ]}
            onChange={setOrder}
          />
        )}
      </div>
      <p className="muted small">
        {isSoftware && "Times of a software adapter, each dispatch by itself: they tell how this processor fares, not a GPU. "}
        {hasFloor
          ? "The floor is the least time that this adapter could take, from its own limits; 100 % would be reached by a perfect kernel."
          : "Tune this adapter to see the floor of every step."}
      </p>
      <ScrollTable label="Table of dispatches" className="step-table">
        <thead>
          <tr>
            <th scope="col">Computes</th>
            <th scope="col">Kernel and variant</th>
            <NumberHeading text="Time" />
            {hasChange && <NumberHeading text="Saved run" />}
            {hasChange && <NumberHeading text="Difference" />}
            {hasSaved && !hasChange && <th scope="col">Saved run</th>}
            {hasFloor && <NumberHeading text="Of the floor" />}
            {hasFloor && <th scope="col">Bound by</th>}
            <NumberHeading text="Operations" />
            <NumberHeading text="Bytes" />
            <NumberHeading text="Operations/s" />
            <NumberHeading text="Bytes/s" />
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <Row key={row.step.name} row={row} hasFloor={hasFloor} hasSaved={hasSaved} hasChange={hasChange} />
          ))}
        </tbody>
      </ScrollTable>
      {gone.length > 0 && (
        <p className="small">Only in the saved run: {gone.map(({ name, kernel }) => `${name} (${kernel})`).join(", ")}.</p>
      )}
    </section>
  );
}

function Row(props: { readonly row: StepRow; readonly hasFloor: boolean; readonly hasSaved: boolean; readonly hasChange: boolean }) {
  const { step, saved, change } = props.row;
  return (
    <tr data-testid="step" data-kernel={step.kernel}>
      <th scope="row">{step.name}</th>
      <td className="variant">{variantName(step)}</td>
      <td className="number">{formatDuration(step.elapsedMs / 1e3)}</td>
      {props.hasChange && <td className="number">{saved === null ? "new" : formatDuration(saved.elapsedMs / 1e3)}</td>}
      {props.hasChange && (
        <td className="number" data-testid="step-change">
          {change === null ? "" : formatChange(change)}
        </td>
      )}
      {props.hasSaved && !props.hasChange && (
        <td className="variant">
          {saved === null ? "new" : variantName(saved) === variantName(step) ? "the same kernel" : variantName(saved)}
        </td>
      )}
      {props.hasFloor && <td className="number">{step.percentOfFloor === null ? "" : `${step.percentOfFloor.toFixed(0)} %`}</td>}
      {props.hasFloor && <td>{step.floorBound ?? ""}</td>}
      <td className="number">{formatCount(step.operations)}</td>
      <td className="number">{formatBytes(step.bytes)}</td>
      <td className="number">{step.operations === 0 ? "" : formatRate(step.operationsPerSecond, "OP/s")}</td>
      <td className="number">{formatRate(step.bytesPerSecond, "B/s")}</td>
    </tr>
  );
}
