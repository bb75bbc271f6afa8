import type { KeyboardEvent } from "react";
import { moveCursor, TEXT_FLIPS } from "../results/error-map.ts";
import type { Cursor } from "../results/error-map.ts";

export interface HeatCell {
  readonly name: string;
  /** 0 (nothing) to 1 (worst): the colour. */
  readonly level: number;
  /** A number short enough for a cell. */
  readonly short: string;
  /** The cell in words. */
  readonly text: string;
}

const LABEL_WIDTH = 92;

/**
 * Rows x columns, coloured. A table of buttons rather than SVG: rows, headers and cells then are what they look like to a screen reader, with one tab stop
 * and arrow keys between cells. Pure: props in, markup out.
 */
export function HeatGrid(props: {
  readonly caption: string;
  /** Over the row labels. */
  readonly corner: string;
  readonly rows: readonly string[];
  readonly columns: readonly (string | number)[];
  /** [rows][columns] */
  readonly cells: readonly (readonly (HeatCell | null)[])[];
  readonly width: number;
  readonly cursor: Cursor;
  readonly onCursor: (cursor: Cursor) => void;
  /** Name of the cell to ring. */
  readonly ringed: string | null;
  readonly testId?: string;
}) {
  const { rows, columns, cells, width, cursor, onCursor, ringed } = props;
  const cellWidth = (width - LABEL_WIDTH) / Math.max(1, columns.length);
  // Narrow cells leave no room for every column's number, nor for their own.
  const everyColumn = cellWidth >= 18 ? 1 : Math.ceil(18 / cellWidth);
  const hasNumbers = cellWidth >= 34;
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    const moved = moveCursor(cursor, event.key, rows.length, columns.length);
    if (moved === null) return;
    event.preventDefault();
    onCursor(moved);
    const cell = `[data-row="${moved.row}"][data-column="${moved.column}"]`;
    event.currentTarget.closest("table")?.querySelector<HTMLElement>(cell)?.focus();
  };
  return (
    <table className="heat-grid" data-testid={props.testId}>
      <caption className="visually-hidden">{props.caption} Arrow keys move.</caption>
      <thead>
        <tr>
          <th scope="col" style={{ width: LABEL_WIDTH }}>
            {props.corner}
          </th>
          {columns.map((title, column) => (
            <th key={title} scope="col" className="column-title">
              <span className={column % everyColumn === 0 ? undefined : "visually-hidden"}>{title}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((title, row) => (
          <tr key={title}>
            <th scope="row" title={title}>
              {title}
            </th>
            {columns.map((columnTitle, column) => {
              const cell = cells[row]?.[column] ?? null;
              const isCursor = cursor.row === row && cursor.column === column;
              return (
                <td key={columnTitle}>
                  <button
                    type="button"
                    tabIndex={isCursor ? 0 : -1}
                    data-row={row}
                    data-column={column}
                    className={cellClass(cell, isCursor, ringed)}
                    style={{ background: heatColour(cell?.level ?? null) }}
                    onKeyDown={onKeyDown}
                    onFocus={() => onCursor({ row, column })}
                    onPointerEnter={() => onCursor({ row, column })}
                  >
                    {hasNumbers && cell !== null && <span aria-hidden="true">{cell.short}</span>}
                    <span className="visually-hidden">{cell === null ? "not measured" : cell.text}</span>
                  </button>
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function cellClass(cell: HeatCell | null, isCursor: boolean, ringed: string | null): string {
  const level = cell?.level ?? 0;
  const classes = [textClass(level), isCursor ? "cursor" : "", cell !== null && cell.name === ringed ? "ringed" : ""];
  return classes.filter((name) => name !== "").join(" ");
}

/** Which text reads on the colour of a level, in light and in dark. */
export function textClass(level: number): string {
  return `${level >= TEXT_FLIPS.light ? "white-in-light" : "black-in-light"} ${level >= TEXT_FLIPS.dark ? "black-in-dark" : "white-in-dark"}`;
}

/** Three stops by CSS variables, so that the picture follows the theme. */
export function heatColour(level: number | null): string {
  if (level === null) return "transparent";
  const [from, to, share] = level < 0.5 ? ["--heat-0", "--heat-1", level * 2] : ["--heat-1", "--heat-2", level * 2 - 1];
  return `color-mix(in oklab, var(${to}) ${(share * 100).toFixed(0)}%, var(${from}))`;
}
