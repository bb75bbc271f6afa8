import { useMemo, useState } from "react";
import { Button } from "react-aria-components/Button";
import type { LayerError } from "../../../runner/comparison.ts";
import { InputError } from "../../../tensor/input-error.ts";
import { JsonFileButton } from "../../components/json-file-button.tsx";
import { useLab } from "../../components/lab-context.tsx";
import { HeatGrid, type HeatCell } from "../../figures/heat-grid.tsx";
import { HeatLegend } from "../../figures/heat-legend.tsx";
import { Measured } from "../../figures/measured.tsx";
import { TableView } from "../../figures/table-view.tsx";
import { formatDb, formatNumber } from "../../format.ts";
import { parseNodeData, valueOf, type NodeData } from "../../report/parse-node-data.ts";
import { errorMap, type Cursor } from "../../results/error-map.ts";

const LARGEST_BYTES = 50e6;

/** Numbers of another program about the same layers, on the same grid as the errors measured here. */
export function OverlaySection({ layers }: { readonly layers: readonly LayerError[] }) {
  const fail = useLab((state) => state.fail);
  const [data, setData] = useState<NodeData | null>(null);
  const open = async (file: File): Promise<void> => {
    try {
      if (file.size > LARGEST_BYTES) throw tooLarge(file.name);
      setData(parseNodeData(await file.text(), file.name));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const { code, what, why, next } = error;
      fail({ code, what, why, next });
    }
  };
  return (
    <section className="card" aria-labelledby="overlay-title" data-testid="overlay">
      <div className="card-head">
        <h2 id="overlay-title">{data === null ? "Numbers of another program" : data.name}</h2>
        <div className="row">
          {data !== null && (
            <Button className="button" onPress={() => setData(null)}>
              Close
            </Button>
          )}
          <JsonFileButton label="Open node data" fileLabel="Node data" testId="overlay-input" onFile={(file) => void open(file)} />
        </div>
      </div>
      {data === null ? (
        <p className="muted small">
          A node-data file of Model Explorer or AI Edge Quantizer, by names of layers, beside the errors measured here.
        </p>
      ) : (
        <Overlay data={data} layers={layers} />
      )}
    </section>
  );
}

function Overlay({ data, layers }: { readonly data: NodeData; readonly layers: readonly LayerError[] }) {
  const [cursor, setCursor] = useState<Cursor>({ row: 0, column: 0 });
  const found = useMemo(() => layers.flatMap((layer) => valuesFor(data, layer)), [data, layers]);
  const map = useMemo(() => errorMap(found.map(({ layer }) => layer)), [found]);
  const byName = new Map(found.map(({ layer, value }) => [layer.name, value]));
  const values = found.map(({ value }) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (found.length === 0)
    return (
      <p className="notice warning">
        None of its {data.values.size} names is a layer of this model. Layers are called {layers[0]?.name} and so on.
      </p>
    );
  const cellOf = (layer: LayerError): HeatCell => {
    const value = byName.get(layer.name) ?? 0;
    const level = high === low ? 0 : (value - low) / (high - low);
    return {
      name: layer.name,
      level,
      short: formatNumber(value),
      text: `${layer.name}: ${formatNumber(value)}, here ${formatDb(layer.sqnrDb)}`,
    };
  };
  const pointed = map.cells[cursor.row]?.[cursor.column] ?? null;
  return (
    <>
      {map.roles.length > 0 && (
        <Measured>
          {(width) => (
            <HeatGrid
              caption={`${data.name} by role and block.`}
              corner="block"
              rows={map.roles}
              columns={map.blocks}
              cells={map.cells.map((row) => row.map((layer) => (layer === null ? null : cellOf(layer))))}
              width={width}
              cursor={cursor}
              onCursor={setCursor}
              ringed={null}
              testId="overlay-grid"
            />
          )}
        </Measured>
      )}
      <div className="strip-foot">
        <p className="readout">{pointed === null ? "" : cellOf(pointed).text}</p>
        <HeatLegend light={formatNumber(low)} dark={formatNumber(high)} />
      </div>
      <p className="muted small">
        {found.length} of {data.values.size} names are layers that were measured here.
      </p>
      <TableView
        caption={data.name}
        columns={["Layer", data.name, "SQNR here"]}
        rows={found.map(({ layer, value }) => [layer.name, formatNumber(value), formatDb(layer.sqnrDb)])}
      />
    </>
  );
}

function valuesFor(data: NodeData, layer: LayerError): readonly { readonly layer: LayerError; readonly value: number }[] {
  const value = valueOf(data, layer.name);
  return value === null ? [] : [{ layer, value }];
}

function tooLarge(name: string): InputError {
  return new InputError("NODE_DATA_INVALID", {
    what: `"${name}" is too large for node data.`,
    why: "These files hold a number for each layer.",
    next: "Open the file of one graph.",
  });
}
