import { memo } from "react";
import type { InspectedTensor } from "../../../runner/inspect/inspect-graph.ts";
import { useWindow } from "../../components/use-window.ts";
import { formatDb, formatNumber, formatPercent } from "../../format.ts";
import { heatOfDb } from "../../results/heat-colour.ts";
import { NETWORK_ORDER } from "../../results/tensor-rows.ts";
import { ScrollBox } from "../../components/scroll-table.tsx";
import type { TensorColumn, TensorOrder } from "../../results/tensor-rows.ts";

const ROW_HEIGHT = 32;

/** Thousands of tensors, of which only the lines in sight are drawn. */
export function TensorTable(props: {
  readonly rows: readonly InspectedTensor[];
  readonly order: TensorOrder;
  readonly onOrder: (order: TensorOrder) => void;
  readonly bits: number;
  readonly bitsIndex: number;
  /** How the file stores the weights. */
  readonly storedAs: string;
}) {
  const { rows, order, onOrder, bits, bitsIndex, storedAs } = props;
  const { box, first, last, before, after } = useWindow<HTMLElement>(rows.length, ROW_HEIGHT);
  // Widths are in rem: those of a table that finds them itself would jump while it scrolls.
  const columns: readonly (readonly [column: TensorColumn | null, title: string, width: number])[] = [
    ["name", "Tensor", 13],
    [null, "Shape", 6],
    ["elements", "Share", 4.5],
    ["preview", `${bits}-bit SQNR`, 6.5],
    ["kurtosis", "Kurtosis", 5],
    ["outlierChannels", "Outliers", 5],
    ["range", "Range", 9.5],
    ["standardDeviation", "Std", 4.5],
    [null, "Stored", 4.5],
  ];
  return (
    <ScrollBox ref={box} className="tensor-box" label="List of tensors" testId="tensor-box">
      <table className="tensor-table" aria-rowcount={rows.length + 1}>
        <thead>
          <tr>
            {columns.map(([column, title, width]) => (
              <th key={title} scope="col" style={{ width: `${width}rem` }} aria-sort={sortOf(column, order)}>
                {column === null ? (
                  title
                ) : (
                  <button type="button" className="sort" onClick={() => onOrder(nextOrder(column, order))}>
                    {title}
                    <span aria-hidden="true">{order.column !== column ? "" : order.isDescending ? " ↓" : " ↑"}</span>
                  </button>
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {before > 0 && <tr aria-hidden="true" style={{ height: before }} />}
          {rows.slice(first, last).map((row, i) => (
            <Row key={row.name} row={row} rowIndex={first + i + 2} bitsIndex={bitsIndex} storedAs={storedAs} />
          ))}
          {after > 0 && <tr aria-hidden="true" style={{ height: after }} />}
        </tbody>
      </table>
      {rows.length === 0 && <p className="muted tensor-none">No tensor has this name.</p>}
    </ScrollBox>
  );
}

/** Lines that stay in sight are not drawn again while the table scrolls. */
const Row = memo(function Row(props: {
  readonly row: InspectedTensor;
  readonly rowIndex: number;
  readonly bitsIndex: number;
  readonly storedAs: string;
}) {
  const { row, rowIndex, bitsIndex, storedAs } = props;
  return (
    <tr aria-rowindex={rowIndex} style={{ height: ROW_HEIGHT }}>
      <th scope="row" title={row.name}>
        {row.name}
      </th>
      <td>{row.shape.join(" × ")}</td>
      <td title={`${row.elements.toLocaleString("en")} parameters`}>{shareText(row.share)}</td>
      <td>
        {row.previewDb !== null && (
          <>
            <span className="swatch" aria-hidden="true" style={{ background: heatOfDb(row.previewDb[bitsIndex] ?? Infinity) }} />{" "}
            {formatDb(row.previewDb[bitsIndex] ?? Infinity)}
          </>
        )}
      </td>
      <td>{row.kurtosis === null ? "" : row.kurtosis.toFixed(row.kurtosis < 100 ? 1 : 0)}</td>
      <td>{row.outlierChannels ?? ""}</td>
      <td>
        {formatNumber(row.low)} … {formatNumber(row.high)}
      </td>
      <td>{formatNumber(row.standardDeviation)}</td>
      <td>{storedAs}</td>
    </tr>
  );
});

function shareText(share: number): string {
  return share > 0 && share < 0.0005 ? "< 0.1 %" : formatPercent(share);
}

function sortOf(column: TensorColumn | null, order: TensorOrder): "ascending" | "descending" | undefined {
  if (column === null || column !== order.column) return undefined;
  return order.isDescending ? "descending" : "ascending";
}

/** Numbers begin with the largest, names and decibels with the smallest; the third press goes back to the order of the network. */
function nextOrder(column: TensorColumn, order: TensorOrder): TensorOrder {
  const isDescendingFirst = column !== "name" && column !== "preview";
  if (order.column !== column) return { column, isDescending: isDescendingFirst };
  return order.isDescending === isDescendingFirst ? { column, isDescending: !isDescendingFirst } : NETWORK_ORDER;
}
