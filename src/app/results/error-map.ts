import type { LayerError } from "../../runner/comparison.ts";

/** The strip of blocks x layers: rows are roles in the order they run, columns are blocks, plus what lies before and after the blocks. */
export interface ErrorMap {
  readonly roles: readonly string[];
  readonly blocks: readonly number[];
  /** [roles][blocks]; null where a block has no such tap. */
  readonly cells: readonly (readonly (LayerError | null)[])[];
  readonly outside: readonly LayerError[];
}

export function errorMap(layers: readonly LayerError[]): ErrorMap {
  const inBlocks = layers.filter((layer) => layer.block !== null);
  const roles = [...new Set(inBlocks.map((layer) => layer.role))];
  const blocks = [...new Set(inBlocks.map((layer) => layer.block ?? 0))].toSorted((a, b) => a - b);
  const byPlace = new Map(inBlocks.map((layer) => [`${layer.role}@${layer.block}`, layer]));
  return {
    roles,
    blocks,
    cells: roles.map((role) => blocks.map((block) => byPlace.get(`${role}@${block}`) ?? null)),
    outside: layers.filter((layer) => layer.block === null),
  };
}

export interface Cursor {
  readonly row: number;
  readonly column: number;
}

/** The cell of a layer by name; the first cell when it has none. */
export function cellOf(map: ErrorMap, name: string | null): Cursor {
  const row = map.cells.findIndex((cells) => cells.some((cell) => cell !== null && cell.name === name));
  const column = map.cells[row]?.findIndex((cell) => cell?.name === name) ?? 0;
  return { row: Math.max(0, row), column: Math.max(0, column) };
}

/** The cell that an arrow key, Home or End leads to; null for any other key. */
export function moveCursor(cursor: Cursor, key: string, rows: number, columns: number): Cursor | null {
  const { row, column } = cursor;
  const last = { row: Math.max(0, rows - 1), column: Math.max(0, columns - 1) };
  if (key === "ArrowLeft") return { row, column: Math.max(0, column - 1) };
  if (key === "ArrowRight") return { row, column: Math.min(last.column, column + 1) };
  if (key === "ArrowUp") return { row: Math.max(0, row - 1), column };
  if (key === "ArrowDown") return { row: Math.min(last.row, row + 1), column };
  if (key === "Home") return { row, column: 0 };
  return key === "End" ? { row, column: last.column } : null;
}

/** Error scale of the strip: 0 at 40 dB and above (noise is 1/10000 of the signal), 1 at 0 dB and below (as much noise as signal). */
export const SCALE_DB = { clean: 40, lost: 0 } as const;

export function errorLevel(sqnrDb: number): number {
  if (Number.isNaN(sqnrDb)) return 1;
  return Math.min(1, Math.max(0, (SCALE_DB.clean - sqnrDb) / (SCALE_DB.clean - SCALE_DB.lost)));
}

/**
 * Levels from which white text reads better than black on the strip's light colours, and black better than white on its dark ones:
 * where both have equal contrast (4.58 : 1, the worst of the scale). They belong to --heat-0..2 in styles.css.
 */
export const TEXT_FLIPS = { light: 0.775, dark: 0.52 } as const;
