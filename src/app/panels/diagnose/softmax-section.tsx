import { useState } from "react";
import { ChoiceSegments, ChoiceSelect } from "../../components/choice.tsx";
import { LevelFigure } from "../../figures/level-figure.tsx";
import { TableView } from "../../figures/table-view.tsx";
import { formatDb, formatPercent } from "../../format.ts";
import type { LevelUse } from "../../../runner/diagnose/level-use.ts";
import type { SoftmaxOccupancy } from "../../../runner/diagnose/softmax-occupancy.ts";

const CURRENT = "current";

/** Attention probabilities and the levels offered to them: by this recipe, and by the usual schemes at as many bits. */
export function SoftmaxSection({ softmax }: { readonly softmax: readonly SoftmaxOccupancy[] }) {
  const [wanted, setWanted] = useState<string | null>(null);
  const [scheme, setScheme] = useState<string>(CURRENT);
  const place = softmax.find(({ name }) => name === wanted) ?? softmax[0];
  if (place === undefined) return null;
  const other = place.others.find(({ name }) => name === scheme);
  const use = other ?? place.current ?? place.others[0] ?? null;
  return (
    <section className="card" aria-labelledby="softmax-title" data-testid="softmax-section">
      <h2 id="softmax-title">{use === null ? "Attention probabilities" : headline(use, place)}</h2>
      <div className="row">
        <ChoiceSelect
          label="Block"
          testId="softmax-block"
          value={place.name}
          choices={softmax.map(({ name, block, current }) => ({
            value: name,
            label: `block ${block ?? name}`,
            ...(current === null ? {} : { detail: `${current.used} of ${current.codebook.decode.length} used` }),
          }))}
          onChange={setWanted}
        />
        <ChoiceSegments
          label="Levels of"
          testId="softmax-scheme"
          value={other === undefined ? CURRENT : scheme}
          choices={[
            { value: CURRENT, label: place.current === null ? "this recipe (per row)" : `this recipe (${place.current.scheme})` },
            ...place.others.map(({ name, scheme: label }) => ({ value: name as string, label })),
          ]}
          onChange={setScheme}
        />
      </div>
      {use === null || (other === undefined && place.current === null) ? (
        <p>This recipe finds levels for each row while the model runs, so there are none to draw.</p>
      ) : (
        <>
          <LevelFigure
            name={`attention probabilities of block ${place.block ?? place.name}`}
            histogram={place.values}
            codebook={use.codebook}
            axis="log"
          />
          <p className="muted small">
            Dashed levels are wasted: no probability takes them. As good as {use.effective.toFixed(1)} levels used equally often; signal to
            noise {formatDb(use.sqnrDb)}.
          </p>
        </>
      )}
      <TableView
        caption="Levels of attention probabilities in every block"
        summary="Every block as table"
        columns={["Block", "Levels", "Used", "Wasted", "Become 0", "Signal to noise"]}
        rows={softmax.flatMap((one) =>
          [...(one.current === null ? [] : [{ ...one.current, scheme: `${one.current.scheme} (this recipe)` }]), ...one.others].map(
            (row) => [
              one.block ?? one.name,
              row.scheme,
              row.used,
              row.codebook.decode.length - row.used,
              formatPercent(row.zeroed),
              formatDb(row.sqnrDb),
            ],
          ),
        )}
      />
    </section>
  );
}

function headline({ scheme, used, codebook, zeroed }: LevelUse, { block }: SoftmaxOccupancy): string {
  const wasted = codebook.decode.length - used;
  const place = block === null ? "" : `block ${block}: `;
  const waste =
    wasted === 0 ? `all ${used} ${scheme} levels are used` : `${wasted} of ${codebook.decode.length} ${scheme} levels are wasted`;
  return `Attention, ${place}${waste}, ${formatPercent(zeroed)} become 0`;
}
