import type { KeyboardEvent } from "react";
import type { LayerError } from "../../runner/comparison.ts";
import { formatDb } from "../format.ts";
import { errorLevel, moveCursor, TEXT_FLIPS } from "../results/error-map.ts";
import type { Cursor, ErrorMap } from "../results/error-map.ts";

const LABEL_WIDTH = 92;

/**
 * Blocks x layers, coloured by error. A table of buttons rather than SVG: rows, headers and cells then are what they look like to a
 * screen reader, with one tab stop and arrow keys between cells. Pure: props in, markup out.
 */
export function ErrorStrip(props: {
  readonly map: ErrorMap;
  readonly width: number;
  readonly cursor: Cursor;
  readonly onCursor: (cursor: Cursor) => void;
  /** Name of the layer to ring: where most is lost. */
  readonly ringed: string | null;
}) {
  const { map, width, cursor, onCursor, ringed } = props;
  const cellWidth = (width - LABEL_WIDTH) / Math.max(1, map.blocks.length);
  // Narrow cells leave no room for every block's number, nor for decibels.
  const everyBlock = cellWidth >= 18 ? 1 : Math.ceil(18 / cellWidth);
  const hasNumbers = cellWidth >= 34;
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    const moved = moveCursor(cursor, event.key, map.roles.length, map.blocks.length);
    if (moved === null) return;
    event.preventDefault();
    onCursor(moved);
    const cell = `[data-row="${moved.row}"][data-column="${moved.column}"]`;
    event.currentTarget.closest("table")?.querySelector<HTMLElement>(cell)?.focus();
  };
  return (
    <table className="error-strip" data-testid="error-strip">
      <caption className="visually-hidden">Error of every layer: a row for each layer, a column for each block. Arrow keys move.</caption>
      <thead>
        <tr>
          <th scope="col" style={{ width: LABEL_WIDTH }}>
            block
          </th>
          {map.blocks.map((block, column) => (
            <th key={block} scope="col" className="block-number">
              <span className={column % everyBlock === 0 ? undefined : "visually-hidden"}>{block}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {map.roles.map((role, row) => (
          <tr key={role}>
            <th scope="row">{role}</th>
            {map.blocks.map((block, column) => {
              const layer = map.cells[row]?.[column] ?? null;
              const isCursor = cursor.row === row && cursor.column === column;
              return (
                <td key={block}>
                  <button
                    type="button"
                    tabIndex={isCursor ? 0 : -1}
                    data-row={row}
                    data-column={column}
                    className={cellClass(layer, isCursor, ringed)}
                    style={{ background: heatColour(layer) }}
                    onKeyDown={onKeyDown}
                    onFocus={() => onCursor({ row, column })}
                    onPointerEnter={() => onCursor({ row, column })}
                  >
                    {hasNumbers && layer !== null && <span aria-hidden="true">{shortDb(layer.sqnrDb)}</span>}
                    <span className="visually-hidden">{layer === null ? "not measured" : layerText(layer)}</span>
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

function cellClass(layer: LayerError | null, isCursor: boolean, ringed: string | null): string {
  const level = layer === null ? 0 : errorLevel(layer.sqnrDb);
  const classes = [
    level >= TEXT_FLIPS.light ? "white-in-light" : "black-in-light",
    level >= TEXT_FLIPS.dark ? "black-in-dark" : "white-in-dark",
    isCursor ? "cursor" : "",
    layer !== null && layer.name === ringed ? "ringed" : "",
  ];
  return classes.filter((name) => name !== "").join(" ");
}

function shortDb(sqnrDb: number): string {
  return Number.isFinite(sqnrDb) ? sqnrDb.toFixed(0) : sqnrDb > 0 ? "∞" : "!";
}

export function layerText(layer: LayerError): string {
  return `${layer.name}: SQNR ${formatDb(layer.sqnrDb)}, cosine ${layer.cosine.toFixed(4)}`;
}

/** Three stops by CSS variables, so that the picture follows the theme. */
export function heatColour(layer: LayerError | null): string {
  if (layer === null) return "transparent";
  const level = errorLevel(layer.sqnrDb);
  const [from, to, share] = level < 0.5 ? ["--heat-0", "--heat-1", level * 2] : ["--heat-1", "--heat-2", level * 2 - 1];
  return `color-mix(in oklab, var(${to}) ${(share * 100).toFixed(0)}%, var(${from}))`;
}
