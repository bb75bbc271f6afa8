import { useState } from "react";
import { ChoiceSelect } from "../../components/choice.tsx";
import { LevelFigure } from "../../figures/level-figure.tsx";
import { TableView } from "../../figures/table-view.tsx";
import { formatPercent } from "../../format.ts";
import type { GeluTail } from "../../../runner/diagnose/gelu-tail.ts";

/** The output of GELU: a sliver below 0 that holds most values, and a long tail. */
export function GeluSection({ gelu }: { readonly gelu: readonly GeluTail[] }) {
  const [wanted, setWanted] = useState<string | null>(null);
  const place = gelu.find(({ name }) => name === wanted) ?? gelu[0];
  if (place === undefined) return null;
  const { use } = place;
  return (
    <section className="card" aria-labelledby="gelu-title" data-testid="gelu-section">
      <h2 id="gelu-title">
        GELU: {formatPercent(place.negativeShare)} of the values are negative
        {use === null ? "" : `, ${place.negativeLevels} of ${use.codebook.decode.length} levels are`}
      </h2>
      <div className="level-choices">
        <ChoiceSelect
          label="Block"
          testId="gelu-block"
          value={place.name}
          choices={gelu.map(({ name, block, negativeShare }) => ({
            value: name,
            label: `block ${block ?? name}`,
            detail: `${formatPercent(negativeShare)} negative`,
          }))}
          onChange={setWanted}
        />
      </div>
      {use === null ? (
        <p>Channels have levels of their own here, so there is no one picture of them.</p>
      ) : (
        <LevelFigure
          name={`GELU output of block ${place.block ?? place.name}`}
          histogram={place.values}
          codebook={use.codebook}
          axis="linear"
        />
      )}
      <p className="muted small">
        From {place.low.toFixed(2)} to {place.high.toFixed(2)}; 99.9 % are at most {place.percentile999.toFixed(2)}
        {use === null ? "" : `, ${formatPercent(use.clipped)} lie beyond the levels`}.
      </p>
      <TableView
        caption="GELU output of every block"
        summary="Every block as table"
        columns={["Block", "Negative", "Negative levels", "Smallest", "99.9 % at most", "Largest", "Beyond the levels"]}
        rows={gelu.map((one) => [
          one.block ?? one.name,
          formatPercent(one.negativeShare),
          one.use === null ? "per channel" : one.negativeLevels,
          one.low.toFixed(3),
          one.percentile999.toFixed(3),
          one.high.toFixed(3),
          one.use === null ? "" : formatPercent(one.use.clipped),
        ])}
      />
    </section>
  );
}
