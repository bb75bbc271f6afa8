import { useMemo, useState } from "react";
import type { KeyboardEvent, ReactNode } from "react";
import type { InspectedTensor } from "../../../runner/inspect/inspect-graph.ts";
import { HeatLegend } from "../../figures/heat-legend.tsx";
import { TableView } from "../../figures/table-view.tsx";
import { formatDb } from "../../format.ts";
import { moveCursor } from "../../results/error-map.ts";
import type { Cursor } from "../../results/error-map.ts";
import { heatOfDb, heatTextClass } from "../../results/heat-colour.ts";
import { difficultyMap } from "../../results/tensor-rows.ts";

/** Blocks x layers: how well each weight survives rounding to a few bits a number, one scale a row, no data needed. */
export function DifficultyMap(props: {
  readonly tensors: readonly InspectedTensor[];
  readonly bits: number;
  readonly bitsIndex: number;
  readonly onChoose: (tensor: InspectedTensor) => void;
  readonly children: ReactNode;
}) {
  const { tensors, bits, bitsIndex, onChoose } = props;
  const map = useMemo(() => difficultyMap(tensors), [tensors]);
  const dbOf = (tensor: InspectedTensor | undefined): number => tensor?.previewDb?.[bitsIndex] ?? Infinity;
  const weights = tensors.filter(({ previewDb }) => previewDb !== null);
  const weakest = weights.reduce<InspectedTensor | null>((low, one) => (low === null || dbOf(one) < dbOf(low) ? one : low), null);
  const [cursor, setCursor] = useState<Cursor>({ row: 0, column: 0 });
  const pointed = map.cells.get(`${map.layers[cursor.row]}@${map.blocks[cursor.column]}`);
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    const moved = moveCursor(cursor, event.key, map.layers.length, map.blocks.length);
    if (moved === null) return;
    event.preventDefault();
    setCursor(moved);
    const cell = `[data-row="${moved.row}"][data-column="${moved.column}"]`;
    event.currentTarget.closest("table")?.querySelector<HTMLElement>(cell)?.focus();
  };
  return (
    <section className="card inspect-map" aria-labelledby="difficulty-title" data-testid="difficulty">
      <div className="card-head">
        <div>
          <h2 id="difficulty-title">How hard are the weights?</h2>
          <p className="muted small">
            Signal to noise after rounding each row to {bits} bits over its full range.
            {weakest !== null && (
              <>
                {" "}
                Hardest: <strong>{weakest.name}</strong>, {formatDb(dbOf(weakest))}.
              </>
            )}
          </p>
        </div>
        {props.children}
      </div>
      <table className="heat-grid">
        <caption className="visually-hidden">
          Rounding error of weights: a row for each layer, a column for each block. Arrow keys move.
        </caption>
        <thead>
          <tr>
            <th scope="col" className="strip-corner">
              block
            </th>
            {map.blocks.map((block) => (
              <th key={block} scope="col" className="column-title">
                {block}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {map.layers.map((layer, row) => (
            <tr key={layer}>
              <th scope="row">{layer}</th>
              {map.blocks.map((block, column) => {
                const tensor = map.cells.get(`${layer}@${block}`);
                const isCursor = cursor.row === row && cursor.column === column;
                return (
                  <td key={block}>
                    {/* oxlint-disable-next-line jsx-a11y/control-has-associated-label -- its hidden text is its label; the linter does not read expressions */}
                    <button
                      type="button"
                      tabIndex={isCursor ? 0 : -1}
                      data-row={row}
                      data-column={column}
                      className={`${heatTextClass(dbOf(tensor))} ${isCursor ? "cursor" : ""}`}
                      style={{ background: heatOfDb(dbOf(tensor)) }}
                      onKeyDown={onKeyDown}
                      onFocus={() => setCursor({ row, column })}
                      onPointerEnter={() => setCursor({ row, column })}
                      onClick={() => tensor !== undefined && onChoose(tensor)}
                    >
                      <span aria-hidden="true">{Number.isFinite(dbOf(tensor)) ? dbOf(tensor).toFixed(0) : "∞"}</span>
                      <span className="visually-hidden">{tensor === undefined ? "none" : `${tensor.name}: ${formatDb(dbOf(tensor))}`}</span>
                    </button>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <div className="strip-foot">
        <p className="readout">{pointed === undefined ? "" : `${pointed.name}: ${formatDb(dbOf(pointed))}`}</p>
        <HeatLegend light="40 dB, easy" dark="0 dB, hard" />
      </div>
      <TableView
        caption="Rounding error of weights"
        columns={["Weight", `SQNR at ${bits} bits`, "Kurtosis"]}
        rows={weights.map((tensor) => [tensor.name, formatDb(dbOf(tensor)), tensor.kurtosis?.toFixed(2) ?? ""])}
      />
    </section>
  );
}
