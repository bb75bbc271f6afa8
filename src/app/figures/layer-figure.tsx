import { useMemo } from "react";
import { formatDb } from "../format.ts";
import type { LabSide } from "../worker/lab-api.ts";
import { LayerChart } from "./layer-chart.tsx";
import { Measured } from "./measured.tsx";
import { TableView } from "./table-view.tsx";

/** Two recipes along the network on the same axes. */
export function LayerFigure(props: { readonly shown: LabSide; readonly other: LabSide; readonly labelOf: (recipe: string) => string }) {
  const { shown, other, labelOf } = props;
  const sides = useMemo(
    () => [shown, other].map(({ request, layers }) => ({ label: labelOf(request.recipe), layers })),
    [shown, other, labelOf],
  );
  const [first, second] = sides;
  return (
    <section className="card" aria-labelledby="layer-title" data-testid="layers">
      <h2 id="layer-title">Both recipes along the network</h2>
      <p className="legend">
        <span className="quantized-text">━ {first?.label}</span>
        <span className="muted">┅ {second?.label}</span>
      </p>
      <Measured>{(width) => <LayerChart sides={sides} width={width} />}</Measured>
      <TableView
        caption="Signal to noise of every layer with both recipes"
        columns={["Layer", ...sides.map(({ label }) => label)]}
        rows={shown.layers.map(({ name, sqnrDb }) => {
          const same = other.layers.find((layer) => layer.name === name);
          return [name, formatDb(sqnrDb), same === undefined ? "" : formatDb(same.sqnrDb)];
        })}
      />
    </section>
  );
}
