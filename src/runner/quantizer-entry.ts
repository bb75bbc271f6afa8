import type { Quantizer } from "../graph/quantizer.ts";

/** Which entry of a quantizer covers column `column` of `columns`: entries are runs of equal length (channels, heads), one for all where there is one. */
export function entryOf({ scale }: Quantizer, column: number, columns: number): number {
  return Math.floor((column * scale.length) / columns);
}

/** One entry for each token. */
export function isPerToken({ axis, scale }: Quantizer): boolean {
  return axis === -2 && scale.length > 1;
}

/** Scale and zero point at a head (or column) of a row. */
export function headGrid(
  quantizer: Quantizer,
  head: number,
  heads: number,
  row: number,
): { readonly scale: number; readonly zero: number } {
  if (!isPerToken(quantizer)) return gridAt(quantizer, head, heads);
  return { scale: quantizer.scale[row], zero: quantizer.zeroPoint[row] ?? 0 };
}

/** Scale and zero point at a column. */
export function gridAt(quantizer: Quantizer, column: number, columns: number): { readonly scale: number; readonly zero: number } {
  const entry = entryOf(quantizer, column, columns);
  return { scale: quantizer.scale[entry], zero: quantizer.zeroPoint[entry] ?? 0 };
}
