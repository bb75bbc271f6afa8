import { useMemo, useState } from "react";
import { Button } from "react-aria-components/Button";
import { PairedBars } from "../../figures/paired-bars.tsx";
import { TableView } from "../../figures/table-view.tsx";
import { formatPercent } from "../../format.ts";
import { className, filterRows, sortRows } from "../../results/image-rows.ts";
import type { Filter, ImageRow, Order } from "../../results/image-rows.ts";
import type { Mark } from "../../results/predictions.ts";
import { ChoiceSegments, ChoiceSelect } from "../../components/choice.tsx";
import { useLab } from "../../components/lab-context.tsx";
import { Thumbnail } from "../../components/thumbnail.tsx";

const PAGE = 12;
const ANY_CLASS = -1;
const ORDERS: readonly { readonly value: Order; readonly label: string; readonly description: string }[] = [
  { value: "given", label: "as given", description: "The order of the files." },
  { value: "kl", label: "most changed first", description: "By KL divergence between both models' classes." },
  { value: "margin", label: "least sure first", description: "By the float model's margin between its first and second class." },
];
const EMPTY: Readonly<Record<Filter, string>> = {
  all: "No image shows this class.",
  flip: "No prediction flips at these settings.",
  rescued: "Nothing was rescued: there was nothing to rescue.",
  "near-tie": "No near tie shows this class.",
};
export const MARKS: Readonly<Record<Mark, { readonly sign: string; readonly text: string }>> = {
  same: { sign: "=", text: "same" },
  flip: { sign: "≠", text: "flip" },
  rescued: { sign: "↑", text: "rescued" },
};

/** Every image with both models' top classes and what happened to its prediction. */
export function ImageGrid(props: {
  readonly rows: readonly ImageRow[];
  readonly labels: readonly string[] | null;
  /** The recipe beside it, which may have lost what this one keeps; null: none. */
  readonly otherLabel: string | null;
  /** Shows where the models look on this image. */
  readonly onLook?: (image: number) => void;
  /** What the two models are called here. */
  readonly sides?: readonly [string, string];
}) {
  const [first, second] = props.sides ?? ["float", "quantized"];
  const filter = useLab((state) => state.filter);
  const setFilter = useLab((state) => state.setFilter);
  const [shownCount, setShownCount] = useState(PAGE);
  const count = (mark: Mark): number => props.rows.filter((row) => row.mark === mark).length;
  const [order, setOrder] = useState<Order>("kl");
  const [classIndex, setClassIndex] = useState(ANY_CLASS);
  const classes = useMemo(() => [...new Set(props.rows.map((row) => row.floatClass))].toSorted((a, b) => a - b), [props.rows]);
  const rows = useMemo(() => {
    const ofClass = props.rows.filter(
      (row) => classIndex === ANY_CLASS || row.floatClass === classIndex || row.quantizedClass === classIndex,
    );
    return sortRows(filterRows(ofClass, filter), order);
  }, [props.rows, filter, order, classIndex]);
  const choices: { value: Filter; label: string }[] = [
    { value: "all", label: `All ${props.rows.length}` },
    { value: "flip", label: `Flips ${count("flip")}` },
  ];
  choices.push({ value: "near-tie", label: `Near ties ${props.rows.filter((row) => row.isNearTie).length}` });
  if (props.otherLabel !== null) choices.push({ value: "rescued", label: `Rescued ${count("rescued")}` });
  return (
    <section className="card" aria-labelledby="grid-title" data-testid="image-grid">
      <div className="card-head">
        <h2 id="grid-title">Image by image</h2>
        <ChoiceSegments label="Filter" testId="filter" value={filter} choices={choices} onChange={setFilter} />
      </div>
      <div className="level-choices">
        <ChoiceSelect
          label="Class"
          testId="class-filter"
          value={classIndex}
          choices={[
            { value: ANY_CLASS, label: "any class" },
            ...classes.map((value) => ({ value, label: className(props.labels, value) })),
          ]}
          onChange={setClassIndex}
        />
        <ChoiceSelect label="Order" testId="order" value={order} choices={ORDERS} onChange={setOrder} />
      </div>
      <p className="legend">
        <span className="float-text">◀ {first}</span>
        <span className="muted">top classes of both</span>
        <span className="quantized-text">{second} ▶</span>
      </p>
      {rows.length === 0 && <p>{EMPTY[filter]}</p>}
      <ul className="image-grid">
        {rows.slice(0, shownCount).map((row) => (
          <ImageTile
            key={row.image.id}
            row={row}
            labels={props.labels}
            otherLabel={props.otherLabel}
            {...(props.onLook ? { onLook: props.onLook } : {})}
          />
        ))}
      </ul>
      {rows.length > shownCount && (
        <Button className="button" onPress={() => setShownCount(shownCount + PAGE * 2)}>
          Show {Math.min(PAGE * 2, rows.length - shownCount)} more of {rows.length}
        </Button>
      )}
      <TableView
        caption="Predictions, image by image"
        columns={["Image", "Label", capitalised(first), capitalised(second), "Outcome", "KL (nats)"]}
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

function capitalised(text: string): string {
  return text === "float" || text === "quantized" ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}

function ImageTile(
  props: Pick<Parameters<typeof ImageGrid>[0], "labels" | "otherLabel" | "onLook"> & {
    readonly row: ImageRow;
  },
) {
  const { row, labels, otherLabel, onLook } = props;
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
          {row.mark === "rescued" && row.otherClass !== null && (
            <p className="muted small">
              {otherLabel}: {className(labels, row.otherClass)}
            </p>
          )}
          {onLook && (
            <button type="button" className="link-button small" onClick={() => onLook(row.index)}>
              attention<span className="visually-hidden"> on {image.name}</span>
            </button>
          )}
        </div>
      </div>
      <PairedBars top={row.top} labels={labels} floatClass={row.floatClass} quantizedClass={row.quantizedClass} />
    </li>
  );
}
