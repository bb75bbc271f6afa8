import { useMemo, useState } from "react";
import { ChoiceSegments } from "../../components/choice.tsx";
import { useActions, useLab } from "../../components/lab-context.tsx";
import { NextStep } from "../../components/next-step.tsx";
import { PanelHead } from "../../components/panel-head.tsx";
import { Measured } from "../../figures/measured.tsx";
import { ParetoChart, ParetoLegend } from "../../figures/pareto-chart.tsx";
import { paretoView, type ParetoView } from "../../results/pareto-points.ts";
import { AxesCard } from "./axes-card.tsx";
import { RunTable } from "./run-table.tsx";
import { SweepFiles } from "./sweep-files.tsx";

/** Many recipes at many bit settings: what the smallest error costs. */
export function Panel() {
  const isReady = useLab((state) => state.model !== null && state.images !== null);
  return (
    <>
      <PanelHead title="Sweep" lead="Recipes at many bit settings on the same images: what the smallest error costs." />
      {isReady ? (
        <div className="stack">
          <AxesCard />
          <Runs />
        </div>
      ) : (
        <NextStep needs="images">
          <p>You will choose recipes and bit widths, and see every result as a point of error against size.</p>
        </NextStep>
      )}
    </>
  );
}

function Runs() {
  const rows = useLab((state) => state.sweepRows);
  const float = useLab((state) => state.sweepFloat);
  const [wanted, setCost] = useState<ParetoView["cost"]>("bytes");
  const { openRow } = useActions();
  // A software adapter's timings say nothing about a GPU, so none is shown.
  const hasTimes = float !== null && !float.adapter.isSoftware;
  const cost = hasTimes ? wanted : "bytes";
  const view = useMemo(() => paretoView(rows, float, cost), [rows, float, cost]);
  const offset = float === null ? 0 : 1;
  if (rows.length === 0 && float === null) return null;
  return (
    <>
      <section className="card" aria-labelledby="pareto-title" data-testid="pareto">
        <div className="card-head">
          <h2 id="pareto-title">{headline(view)}</h2>
          {hasTimes && (
            <ChoiceSegments
              label="Against"
              testId="pareto-cost"
              value={cost}
              choices={[
                { value: "bytes", label: "Size" },
                { value: "ms", label: "Time" },
              ]}
              onChange={setCost}
            />
          )}
        </div>
        <Measured>
          {(width) => (
            <ParetoChart
              view={view}
              width={width}
              height={360}
              onChoose={(index) => {
                const row = rows[index - offset];
                if (row !== undefined) void openRow(row);
              }}
            />
          )}
        </Measured>
        <ParetoLegend recipes={view.recipes} />
        <p className="muted small">
          Each point is one quantized model on the same {float?.imageCount ?? 0} images. The error axis is linear near 0, where the float
          model stands, and logarithmic above.
          {!hasTimes && " Times are not shown: on a software adapter they would say nothing about a GPU."}
        </p>
      </section>
      <RunTable rows={rows} view={view} offset={offset} hasTimes={hasTimes} />
      {float !== null && rows.length > 0 && <SweepFiles rows={rows} float={float} />}
    </>
  );
}

function headline({ points }: ParetoView): string {
  const runs = points.filter(({ isFloat }) => !isFloat);
  const best = runs.filter(({ isFront }) => isFront).length;
  if (runs.length === 0) return "The float model has run; the first quantized one is on its way";
  return `${runs.length} ${runs.length === 1 ? "run" : "runs"}, ${best} that no other beats in both size and error`;
}
