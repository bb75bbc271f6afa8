import { formatPercent } from "../format.ts";
import { className } from "../results/image-rows.ts";
import type { ClassShare } from "../results/predictions.ts";

/** Both models' top classes: float grows to the left, quantized to the right, the class between them. It is a table, so it reads as one. */
export function PairedBars(props: {
  readonly top: readonly ClassShare[];
  readonly labels: readonly string[] | null;
  readonly floatClass: number;
  readonly quantizedClass: number;
}) {
  return (
    <table className="paired-bars">
      <caption className="visually-hidden">Class probabilities</caption>
      <thead className="visually-hidden">
        <tr>
          <th scope="col">float</th>
          <th scope="col">class</th>
          <th scope="col">quantized</th>
        </tr>
      </thead>
      <tbody>
        {props.top.map(({ classIndex, float, quantized }) => (
          <tr key={classIndex}>
            <td className={classIndex === props.floatClass ? "bar-cell left first" : "bar-cell left"}>
              <span className="bar float-fill" style={{ width: `${float * 100}%` }} />
              <span className="bar-number">{formatPercent(float)}</span>
            </td>
            <th scope="row" title={className(props.labels, classIndex)}>
              {className(props.labels, classIndex)}
            </th>
            <td className={classIndex === props.quantizedClass ? "bar-cell right first" : "bar-cell right"}>
              <span className="bar quantized-fill" style={{ width: `${quantized * 100}%` }} />
              <span className="bar-number">{formatPercent(quantized)}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
