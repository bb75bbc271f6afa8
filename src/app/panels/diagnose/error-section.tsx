import { useMemo, useState } from "react";
import { ChoiceSegments } from "../../components/choice.tsx";
import { errorCell } from "../../figures/error-strip.tsx";
import { HeatGrid } from "../../figures/heat-grid.tsx";
import { ErrorLegend } from "../../figures/heat-legend.tsx";
import { Measured } from "../../figures/measured.tsx";
import { TableView } from "../../figures/table-view.tsx";
import { formatDb } from "../../format.ts";
import type { LayerErrorPair } from "../../../runner/diagnose/layer-error-pairs.ts";
import type { Cursor } from "../../results/error-map.ts";

/** The strip of blocks and layers: error as it adds up, or as each layer makes it alone. */
export function ErrorSection({ layers, imageCount }: { readonly layers: readonly LayerErrorPair[]; readonly imageCount: number }) {
  const [kind, setKind] = useState<"isolated" | "cumulative">("isolated");
  const [chosen, setCursor] = useState<Cursor | null>(null);
  const grid = useMemo(() => gridOf(layers, kind), [layers, kind]);
  const cursor = {
    row: Math.min(chosen?.row ?? grid.worst.row, grid.rows.length - 1),
    column: Math.min(chosen?.column ?? grid.worst.column, grid.columns.length - 1),
  };
  const pointed = grid.cells[cursor.row]?.[cursor.column] ?? null;
  return (
    <section className="card" aria-labelledby="error-title" data-testid="error-section">
      <div className="card-head">
        <h2 id="error-title">Error of every layer</h2>
        <ChoiceSegments
          label="Each cell"
          testId="error-kind"
          value={kind}
          choices={[
            { value: "isolated", label: "Alone" },
            { value: "cumulative", label: "Added up" },
          ]}
          onChange={setKind}
        />
      </div>
      <Measured>
        {(width) => (
          <HeatGrid
            caption="Error of every layer: a row for each layer, a column for each block."
            corner="block"
            rows={grid.rows}
            columns={grid.columns}
            cells={grid.cells}
            width={width}
            cursor={cursor}
            onCursor={setCursor}
            ringed={grid.worstName}
            testId="pair-strip"
          />
        )}
      </Measured>
      <div className="strip-foot">
        <p className="readout">{pointed?.text ?? "This layer rounds nothing itself."}</p>
        <ErrorLegend />
      </div>
      <p className="muted small">
        {kind === "isolated"
          ? "What each layer would lose if everything before it were exact: its own weights and inputs rounded, nothing else."
          : "What has been lost on the way to each layer, its own error included."}{" "}
        Over {imageCount} images. Ringed: the weakest.
      </p>
      <TableView
        caption="Error of every layer, alone and added up"
        columns={["Layer", "Alone", "Added up"]}
        rows={layers.map(({ name, isolatedDb, cumulativeDb }) => [
          name,
          isolatedDb === null ? "rounds nothing" : formatDb(isolatedDb),
          formatDb(cumulativeDb),
        ])}
      />
    </section>
  );
}

function gridOf(layers: readonly LayerErrorPair[], kind: "isolated" | "cumulative") {
  const inBlocks = layers.filter(({ block, isolatedDb }) => block !== null && (kind === "cumulative" || isolatedDb !== null));
  const rows = [...new Set(inBlocks.map(({ role }) => role))];
  const columns = [...new Set(inBlocks.map(({ block }) => block ?? 0))];
  const valueOf = (layer: LayerErrorPair): number => (kind === "isolated" ? (layer.isolatedDb ?? Infinity) : layer.cumulativeDb);
  const cells = rows.map((role) =>
    columns.map((block) => {
      const layer = inBlocks.find((one) => one.role === role && one.block === block);
      return layer === undefined ? null : errorCell({ name: layer.name, sqnrDb: valueOf(layer) });
    }),
  );
  const weakest = inBlocks.reduce<LayerErrorPair | null>(
    (least, one) => (least === null || valueOf(one) < valueOf(least) ? one : least),
    null,
  );
  const worst = {
    row: Math.max(0, rows.indexOf(weakest?.role ?? "")),
    column: Math.max(0, columns.indexOf(weakest?.block ?? 0)),
  };
  return { rows, columns, cells, worst, worstName: weakest?.name ?? null };
}
