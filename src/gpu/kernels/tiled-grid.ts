import type { Constants, Grid, Params } from "../kernel.ts";

/** Workgroups of the GEMMs on tiles of 2 TILE_ROWS2 rows x 4 TILE_COLUMNS4 columns. */
export function tiledGrid({ rows, columns4 }: Params, { TILE_ROWS2, TILE_COLUMNS4 }: Constants): Grid {
  return [Math.ceil(columns4 / TILE_COLUMNS4), Math.ceil(rows / (2 * TILE_ROWS2)), 1];
}
