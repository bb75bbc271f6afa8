import { Button } from "react-aria-components/Button";
import { useActions, useLab } from "../../components/lab-context.tsx";
import { NumberHeading, ScrollTable } from "../../components/scroll-table.tsx";
import { formatBits, formatBytes, formatDb, formatMs, formatNats, formatPercent } from "../../format.ts";
import type { ParetoView } from "../../results/pareto-points.ts";
import { ruleText } from "../../results/rule-text.ts";
import { cellName } from "../../../runner/sweep/contestant.ts";
import type { SweepRow } from "../../../runner/sweep/sweep.ts";

/** Every run as a row: the table behind the chart, and the way to open one. */
export function RunTable(props: {
  readonly rows: readonly SweepRow[];
  readonly view: ParetoView;
  /** Points of the view before the first row's. */
  readonly offset: number;
  readonly hasTimes: boolean;
}) {
  const { rows, view, offset, hasTimes } = props;
  const isRunning = useLab((state) => state.job !== null && !state.job.isBackground);
  const { openRow } = useActions();
  if (rows.length === 0) return null;
  const hasLabels = rows.some(({ quality }) => quality.top1AccuracyQuantized !== null);
  return (
    <section className="card" aria-labelledby="runs-title" data-testid="runs">
      <h2 id="runs-title">Every run</h2>
      <ScrollTable label="Table of runs">
        <thead>
          <tr>
            <th scope="col">Recipe</th>
            <th scope="col">Bits</th>
            <NumberHeading text="Size" />
            <NumberHeading text="KL" />
            <NumberHeading text="Agreement" />
            {hasLabels && <NumberHeading text="Accuracy" />}
            <NumberHeading text="Logit SQNR" />
            {hasTimes && <NumberHeading text="Time" />}
            <NumberHeading text="Bits per weight" />
            <th scope="col">
              <span className="visually-hidden">Open</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={cellName(row, row.bits)} data-testid="run" data-recipe={row.recipe} data-bits={row.bits}>
              <th scope="row">
                {view.points[i + offset]?.recipeLabel ?? row.label}
                {view.points[i + offset]?.isFront === true && (
                  <span title="No other run beats it">
                    {" "}
                    ★<span className="visually-hidden"> no other run beats it</span>
                  </span>
                )}
                {row.rules !== undefined && <small className="run-rules">{row.rules.map(ruleText).join("; ")}</small>}
              </th>
              <td>{row.bits}</td>
              <td className="number">{formatBytes(row.quantizedBytes)}</td>
              <td className="number">{formatNats(row.quality.klDivergence)}</td>
              <td className="number">{formatPercent(row.quality.top1Agreement)}</td>
              {hasLabels && <td className="number">{formatPercent(row.quality.top1AccuracyQuantized ?? NaN)}</td>}
              <td className="number">{formatDb(row.quality.logitSqnrDb)}</td>
              {hasTimes && <td className="number">{formatMs(row.elapsedMs)}</td>}
              <td className="number">{formatBits(row.effectiveWeightBits)}</td>
              <td>
                <Button className="button" isDisabled={isRunning} data-testid="open-run" onPress={() => void openRow(row)}>
                  Open
                  <span className="visually-hidden"> {view.points[i + offset]?.label ?? row.label}</span>
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </ScrollTable>
    </section>
  );
}
