import type { Distance } from "../../runner/diagnose/distance.ts";
import type { ErrorSplit } from "../../runner/diagnose/split-error.ts";
import { formatDb, formatNats, formatPercent } from "../format.ts";
import { heatColour, textClass } from "./heat-grid.tsx";

/** Weights and activations, rounded or not: four models, each coloured by how far it is from float. */
export function SplitTable({ split }: { readonly split: ErrorSplit }) {
  const most = Math.max(split.neither.klDivergence, split.weights.klDivergence, split.activations.klDivergence, split.both.klDivergence);
  const cell = (distance: Distance, name: string) => (
    <Cell distance={distance} level={most > 0 ? distance.klDivergence / most : 0} name={name} />
  );
  return (
    <table className="split-table" data-testid="split-table">
      <caption className="visually-hidden">Distance from the float model with weights or activations rounded</caption>
      <thead>
        <tr>
          <th scope="col">
            <span className="visually-hidden">weights</span>
          </th>
          <th scope="col">activations exact</th>
          <th scope="col">activations rounded</th>
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row">weights exact</th>
          {cell(split.neither, "neither")}
          {cell(split.activations, "activations")}
        </tr>
        <tr>
          <th scope="row">weights rounded</th>
          {cell(split.weights, "weights")}
          {cell(split.both, "both")}
        </tr>
      </tbody>
    </table>
  );
}

function Cell({ distance, level, name }: { readonly distance: Distance; readonly level: number; readonly name: string }) {
  return (
    <td
      className={`split-cell ${textClass(level)}`}
      style={{ background: heatColour(level) }}
      data-testid={`split-${name}`}
      data-value={distance.klDivergence}
    >
      <strong>{formatNats(distance.klDivergence)}</strong>
      <span>
        {formatDb(distance.logitSqnrDb)}, {formatPercent(distance.agreement)} agree
      </span>
    </td>
  );
}
