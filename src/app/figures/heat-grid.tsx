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
  readonly isRinged?: boolean;
}

/** For grids whose cells can be painted: with the pointer over a rectangle, and by keys. */
export interface Painting {
  isChosen(cell: Cursor): boolean;
  /** The pointer goes down on a cell. */
  onPress(cell: Cursor): void;
  /** What is chosen stays. */
  onFocus(cell: Cursor): void;
  /** An arrow key with Shift. */
  onExtend(cell: Cursor): void;
  /** True when the key has been taken. */
  onKey(key: string): boolean;
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
  readonly painting?: Painting;
  /** Cells at least this wide show their number. */
  readonly numberWidth?: number;
  /** What stands for a cell that is not there. */
  readonly absent?: string;
}) {
  const { rows, columns, cells, width, cursor, onCursor, ringed, painting, numberWidth = 34, absent = "not measured" } = props;
  const cellWidth = (width - LABEL_WIDTH) / Math.max(1, columns.length);
  // Narrow cells leave no room for every column's number, nor for their own.
  const everyColumn = cellWidth >= 18 ? 1 : Math.ceil(18 / cellWidth);
  const hasNumbers = cellWidth >= numberWidth;
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const moved = moveCursor(cursor, event.key, rows.length, columns.length);
    if (moved === null) {
      if (painting?.onKey(event.key) === true) event.preventDefault();
      return;
    }
    event.preventDefault();
    if (painting !== undefined && event.shiftKey) painting.onExtend(moved);
    else onCursor(moved);
    const cell = `[data-row="${moved.row}"][data-column="${moved.column}"]`;
    event.currentTarget.closest("table")?.querySelector<HTMLElement>(cell)?.focus();
  };
  return (
    <table className={painting === undefined ? "heat-grid" : "heat-grid paintable"} data-testid={props.testId}>
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
                    className={cellClass(cell, isCursor || painting?.isChosen({ row, column }) === true, ringed)}
                    style={{ background: heatColour(cell?.level ?? null) }}
                    onKeyDown={onKeyDown}
                    onFocus={() => (painting?.onFocus ?? onCursor)({ row, column })}
                    onPointerEnter={() => onCursor({ row, column })}
                    onPointerDown={(event) => {
                      if (event.button === 0) painting?.onPress({ row, column });
                    }}
                  >
                    {hasNumbers && cell !== null && <span aria-hidden="true">{cell.short}</span>}
                    <span className="visually-hidden">{cell === null ? absent : cell.text}</span>
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
  const classes = [
    textClass(level),
    isCursor ? "cursor" : "",
    cell !== null && (cell.isRinged === true || cell.name === ringed) ? "ringed" : "",
  ];
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
