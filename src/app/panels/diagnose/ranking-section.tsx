import { useState } from "react";
import { Button } from "react-aria-components/Button";
import { ChoiceSegments } from "../../components/choice.tsx";
import { useActions, useLab } from "../../components/lab-context.tsx";
import { RankingTable } from "../../figures/ranking-table.tsx";
import { TableView } from "../../figures/table-view.tsx";
import { formatDb, formatNats, formatPercent } from "../../format.ts";
import type { PartKind, Ranking, RankMode } from "../../../runner/diagnose/rank-parts.ts";

const SHOWN = 10;
const KINDS = [
  { value: "role", label: "Roles" },
  { value: "block", label: "Blocks" },
  { value: "layer", label: "Layers" },
] as const;
const MODES = [
  { value: "only", label: "Quantized alone" },
  { value: "without", label: "Left in float" },
] as const;

/** Which parts cost most, one by one. Each kind is measured when somebody asks for it. */
export function RankingSection({ rankings }: { readonly rankings: readonly Ranking[] }) {
  const [kind, setKind] = useState<PartKind>("role");
  const [mode, setMode] = useState<RankMode>("only");
  const isRunning = useLab((state) => state.job !== null && !state.job.isBackground);
  const { diagnose } = useActions();
  const ranking = rankings.find((one) => one.kind === kind && one.mode === mode);
  return (
    <section className="card" aria-labelledby="ranking-title" data-testid="ranking">
      <div className="card-head">
        <h2 id="ranking-title">Which part costs most</h2>
        <div className="row">
          <ChoiceSegments label="Parts" testId="ranking-kind" value={kind} choices={KINDS} onChange={setKind} />
          <ChoiceSegments label="Each is" testId="ranking-mode" value={mode} choices={MODES} onChange={setMode} />
        </div>
      </div>
      {ranking === undefined ? (
        <div className="row">
          <Button
            className="button primary"
            isDisabled={isRunning}
            data-testid="measure-ranking"
            onPress={() => void diagnose([{ part: "ranking", kind, mode }])}
          >
            {isRunning ? "Measuring …" : "Measure this"}
          </Button>
          <span className="muted small">The model runs once for every {kind}.</span>
        </div>
      ) : (
        <>
          <RankingTable ranking={ranking} limit={SHOWN} />
          <p className="muted small">
            Over {ranking.imageCount} images.{" "}
            {ranking.parts.length > SHOWN && `The first ${SHOWN} of ${ranking.parts.length}; the table has all. `}
            {mode === "only"
              ? "Everything else is float."
              : `Everything else is quantized; with nothing left out the loss is ${formatNats(ranking.start.klDivergence)}.`}
          </p>
          <TableView
            caption="Every part"
            columns={["Part", "KL divergence", "Logit SQNR", "Agreement"]}
            rows={ranking.parts.map(({ name, distance }) => [
              name,
              formatNats(distance.klDivergence),
              formatDb(distance.logitSqnrDb),
              formatPercent(distance.agreement),
            ])}
          />
        </>
      )}
    </section>
  );
}
