import { useState } from "react";
import { Button } from "react-aria-components/Button";
import { PairedBars } from "../../figures/paired-bars.tsx";
import { TableView } from "../../figures/table-view.tsx";
import { formatPercent } from "../../format.ts";
import { className, filterRows } from "../../results/image-rows.ts";
import type { Filter, ImageRow } from "../../results/image-rows.ts";
import type { Mark } from "../../results/predictions.ts";
import { ChoiceSegments } from "../../components/choice.tsx";
import { useLab } from "../../components/lab-context.tsx";
import { Thumbnail } from "../../components/thumbnail.tsx";

const PAGE = 12;
export const MARKS: Readonly<Record<Mark, { readonly sign: string; readonly text: string }>> = {
  same: { sign: "=", text: "same" },
  flip: { sign: "≠", text: "flip" },
  rescued: { sign: "↑", text: "rescued" },
};

/** Every image with both models' top classes and what happened to its prediction. */
export function ImageGrid(props: {
  readonly rows: readonly ImageRow[];
  readonly labels: readonly string[] | null;
  readonly hasBaseline: boolean;
}) {
  const filter = useLab((state) => state.filter);
  const setFilter = useLab((state) => state.setFilter);
  const [shownCount, setShownCount] = useState(PAGE);
  const count = (mark: Mark): number => props.rows.filter((row) => row.mark === mark).length;
  const rows = filterRows(props.rows, filter);
  const choices: { value: Filter; label: string }[] = [
    { value: "all", label: `All ${props.rows.length}` },
    { value: "flip", label: `Flips ${count("flip")}` },
  ];
  if (props.hasBaseline) choices.push({ value: "rescued", label: `Rescued ${count("rescued")}` });
  return (
    <section className="card" aria-labelledby="grid-title" data-testid="image-grid">
      <div className="card-head">
        <h2 id="grid-title">Image by image</h2>
        <ChoiceSegments label="Filter" testId="filter" value={filter} choices={choices} onChange={setFilter} />
      </div>
      <p className="legend">
        <span className="float-text">◀ float</span>
        <span className="muted">top classes of both</span>
        <span className="quantized-text">quantized ▶</span>
      </p>
      {rows.length === 0 && (
        <p>{filter === "flip" ? "No prediction flips at these settings." : "Nothing was rescued: there was nothing to rescue."}</p>
      )}
      <ul className="image-grid">
        {rows.slice(0, shownCount).map((row) => (
          <ImageTile key={row.image.id} row={row} labels={props.labels} />
        ))}
      </ul>
      {rows.length > shownCount && (
        <Button className="button" onPress={() => setShownCount(shownCount + PAGE * 2)}>
          Show {Math.min(PAGE * 2, rows.length - shownCount)} more of {rows.length}
        </Button>
      )}
      <TableView
        caption="Predictions, image by image"
        columns={["Image", "Label", "Float", "Quantized", "Outcome", "KL (nats)"]}
        rows={props.rows.map((row) => [
          row.image.name,
          row.image.label === null ? "" : className(props.labels, row.image.label),
          `${className(props.labels, row.floatClass)} ${formatPercent(row.floatShare)}`,
          `${className(props.labels, row.quantizedClass)} ${formatPercent(row.quantizedShare)}`,
          row.mark,
          row.klDivergence.toFixed(3),
        ])}
      />
    </section>
  );
}

function ImageTile({ row, labels }: { readonly row: ImageRow; readonly labels: readonly string[] | null }) {
  const mark = MARKS[row.mark];
  const { image } = row;
  return (
    <li className={`image-tile ${row.mark}`} data-testid="image" data-mark={row.mark}>
      <div className="image-head">
        <Thumbnail bitmap={image.thumbnail} />
        <div className="image-words">
          <p className="image-name" title={image.name}>
            {image.name.slice(image.name.lastIndexOf("/") + 1)}
          </p>
          {image.label !== null && <p className="muted small">label: {className(labels, image.label)}</p>}
          <p className={`mark ${row.mark}`}>
            <span aria-hidden="true">{mark.sign} </span>
            {mark.text}
          </p>
        </div>
      </div>
      <PairedBars top={row.top} labels={labels} floatClass={row.floatClass} quantizedClass={row.quantizedClass} />
    </li>
  );
}
