import { useCallback, useMemo } from "react";
import type { Comparison } from "../../runner/comparison.ts";
import { className } from "../results/image-rows.ts";
import { scatterPoints, type ScatterPoint } from "../results/scatter-points.ts";
import type { LabImage } from "../worker/lab-api.ts";
import { Measured } from "./measured.tsx";
import { ScatterChart } from "./scatter-chart.tsx";
import { TableView } from "./table-view.tsx";

const MOST_POINTS = 3000;

/** The scatter with its legend, summary and table. */
export function ScatterFigure(props: {
  readonly comparison: Comparison;
  readonly images: readonly LabImage[];
  readonly labels: readonly string[] | null;
}) {
  const { comparison, images, labels } = props;
  const { points, stride } = useMemo(() => scatterPoints(comparison, MOST_POINTS), [comparison]);
  const nameOf = useCallback(
    ({ image, classIndex }: ScatterPoint) => `${className(labels, classIndex)} of ${images[image]?.name ?? `image ${image}`}`,
    [images, labels],
  );
  const predictions = points.filter((point) => point.kind !== "other");
  const flipped = predictions.filter((point) => point.kind === "flipped").length;
  return (
    <section className="card" aria-labelledby="scatter-title" data-testid="scatter">
      <h2 id="scatter-title">Logits, float against quantized</h2>
      <p className="legend">
        <span className="float-text">○ prediction kept ({predictions.length - flipped})</span>
        <span className="quantized-text">✕ prediction flipped ({flipped})</span>
        <span className="muted">· other logits{stride > 1 ? ` (every ${stride}th)` : ""}</span>
      </p>
      <Measured>{(width) => <ScatterChart points={points} nameOf={nameOf} width={width} />}</Measured>
      <p className="muted small">
        On the dashed line both models say the same; the further from it, the more quantization moved the logit.
      </p>
      <TableView
        caption="Logit of each float prediction"
        columns={["Image", "Class", "Float logit", "Quantized logit", "Outcome"]}
        rows={predictions.map((point) => [
          images[point.image]?.name ?? String(point.image),
          className(labels, point.classIndex),
          point.float.toFixed(3),
          point.quantized.toFixed(3),
          point.kind,
        ])}
      />
    </section>
  );
}
