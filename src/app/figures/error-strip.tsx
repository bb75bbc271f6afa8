import { useMemo } from "react";
import type { LayerError } from "../../runner/comparison.ts";
import { formatDb } from "../format.ts";
import { errorLevel } from "../results/error-map.ts";
import type { Cursor, ErrorMap } from "../results/error-map.ts";
import { HeatGrid, type HeatCell } from "./heat-grid.tsx";

/** Layers x blocks, coloured by error. */
export function ErrorStrip(props: {
  readonly map: ErrorMap;
  readonly width: number;
  readonly cursor: Cursor;
  readonly onCursor: (cursor: Cursor) => void;
  /** Name of the layer to ring: where most is lost. */
  readonly ringed: string | null;
}) {
  const { map } = props;
  const cells = useMemo(() => map.cells.map((row) => row.map((layer) => (layer === null ? null : errorCell(layer)))), [map]);
  return (
    <HeatGrid
      caption="Error of every layer: a row for each layer, a column for each block."
      corner="block"
      rows={map.roles}
      columns={map.blocks}
      cells={cells}
      width={props.width}
      cursor={props.cursor}
      onCursor={props.onCursor}
      ringed={props.ringed}
      testId="error-strip"
    />
  );
}

export function errorCell(layer: Pick<LayerError, "name" | "sqnrDb"> & { readonly cosine?: number }): HeatCell {
  return { name: layer.name, level: errorLevel(layer.sqnrDb), short: shortDb(layer.sqnrDb), text: layerText(layer) };
}

function shortDb(sqnrDb: number): string {
  return Number.isFinite(sqnrDb) ? sqnrDb.toFixed(0) : sqnrDb > 0 ? "∞" : "!";
}

export function layerText({ name, sqnrDb, cosine }: Pick<LayerError, "name" | "sqnrDb"> & { readonly cosine?: number }): string {
  return `${name}: SQNR ${formatDb(sqnrDb)}${cosine === undefined ? "" : `, cosine ${cosine.toFixed(4)}`}`;
}
