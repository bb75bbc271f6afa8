import { useMemo, useState } from "react";
import type { Comparison } from "../../runner/comparison.ts";
import { formatDb } from "../format.ts";
import { cellOf, errorLevel, errorMap } from "../results/error-map.ts";
import type { Cursor } from "../results/error-map.ts";
import { findLossSite, placeName } from "../results/loss-site.ts";
import { ErrorStrip, layerText } from "./error-strip.tsx";
import { heatColour } from "./heat-grid.tsx";
import { ErrorLegend } from "./heat-legend.tsx";
import { Measured } from "./measured.tsx";
import { TableView } from "./table-view.tsx";

/** Where the error enters: the strip, its legend, the layer under the cursor, and the table behind it. */
export function ErrorStripFigure({ comparison }: { readonly comparison: Comparison }) {
  const { layers } = comparison;
  const map = useMemo(() => errorMap(layers), [layers]);
  const site = useMemo(() => findLossSite(layers), [layers]);
  const [chosen, setCursor] = useState<Cursor | null>(null);
  // Until somebody points elsewhere, the cursor is where most is lost.
  const cursor = chosen ?? cellOf(map, site?.layer.name ?? null);
  // Another model may have fewer rows and columns than the cursor was at.
  const row = Math.min(cursor.row, Math.max(0, map.roles.length - 1));
  const column = Math.min(cursor.column, Math.max(0, map.blocks.length - 1));
  const pointed = map.cells[row]?.[column] ?? null;
  return (
    <section className="card" aria-labelledby="strip-title">
      <div className="card-head">
        <h2 id="strip-title">Where it is lost</h2>
        {site !== null && (
          <p className="small" data-testid="loss-site">
            <span className="ring-key" aria-hidden="true" /> {site.share === null ? "weakest" : "most new error"}:{" "}
            <strong>{placeName(site.layer)}</strong>
          </p>
        )}
      </div>
      {map.roles.length > 0 && (
        <Measured>
          {(width) => (
            <ErrorStrip map={map} width={width} cursor={{ row, column }} onCursor={setCursor} ringed={site?.layer.name ?? null} />
          )}
        </Measured>
      )}
      <div className="strip-foot">
        <p className="readout" data-testid="strip-readout">
          {pointed === null ? "" : layerText(pointed)}
        </p>
        <ErrorLegend />
      </div>
      {map.outside.length > 0 && (
        <ul className="chips">
          {map.outside.map((layer) => (
            <li key={layer.name} className="chip">
              <span className="swatch" aria-hidden="true" style={{ background: heatColour(errorLevel(layer.sqnrDb)) }} />
              {layer.name} {formatDb(layer.sqnrDb)}
            </li>
          ))}
        </ul>
      )}
      <p className="muted small">
        Each cell is the signal-to-noise ratio of one tensor against the float model, over{" "}
        {comparison.layerImageCount === 1 ? "the first image" : `the first ${comparison.layerImageCount} images`}. A block passes its error
        on to the next one; its sums (add1, add2) are cleaner than its other tensors, because most of the stream passes them by.
        {site !== null && site.share !== null && " Ringed is the weakest tensor of the block that adds most to the error."}
      </p>
      <TableView
        caption="Error of every layer"
        columns={["Layer", "SQNR", "Cosine"]}
        rows={layers.map((layer) => [layer.name, formatDb(layer.sqnrDb), layer.cosine.toFixed(5)])}
      />
    </section>
  );
}
