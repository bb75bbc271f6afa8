import { useCallback, useMemo } from "react";
import type { ScatterPoint } from "../results/scatter-points.ts";
import { PlotChart, type DrawnPlot, type Plotting } from "./plot-chart.tsx";

/** Float against quantized logit, equal on the dashed line. The cursor goes through the predictions, from the least sure one on. */
export function ScatterChart(props: {
  readonly points: readonly ScatterPoint[];
  /** "table of seed 20006" */
  readonly nameOf: (point: ScatterPoint) => string;
  readonly width: number;
}) {
  const { points, nameOf } = props;
  const size = Math.min(props.width, 520);
  const draw = useCallback((plot: Plotting, box: { width: number; height: number }) => drawScatter(plot, points, box), [points]);
  const predictions = useMemo(
    () =>
      points
        .filter(({ kind }) => kind !== "other")
        .toSorted((a, b) => a.float - b.float)
        .map((point) => ({
          x: point.float,
          y: point.quantized,
          text: `${nameOf(point)}: ${point.float.toFixed(2)} in float, ${point.quantized.toFixed(2)} quantized, ${point.kind}`,
        })),
    [points, nameOf],
  );
  return (
    <PlotChart
      name="Logits, float against quantized"
      width={size}
      height={size * 0.8}
      draw={draw}
      points={predictions}
      testId="scatter-chart"
    />
  );
}

function drawScatter(plot: Plotting, points: readonly ScatterPoint[], size: { width: number; height: number }): DrawnPlot {
  const of = (kind: ScatterPoint["kind"]): ScatterPoint[] => points.filter((point) => point.kind === kind);
  const values = points.flatMap((point) => [point.float, point.quantized]);
  const low = values.reduce((a, b) => Math.min(a, b), 0);
  const high = values.reduce((a, b) => Math.max(a, b), 1);
  return plot.plot({
    ...size,
    x: { label: "float logit", labelOffset: 32, domain: [low, high], nice: true },
    y: { label: "quantized logit", domain: [low, high], nice: true },
    marginBottom: 38,
    grid: true,
    marks: [
      plot.line(
        [
          [low, low],
          [high, high],
        ],
        { stroke: "currentColor", strokeDasharray: "4 3", strokeOpacity: 0.7 },
      ),
      plot.dot(of("other"), { x: "float", y: "quantized", r: 1.6, fill: "currentColor", fillOpacity: 0.32 }),
      plot.dot(of("kept"), { x: "float", y: "quantized", r: 4, stroke: "var(--float)", strokeWidth: 1.6 }),
      plot.dot(of("flipped"), { x: "float", y: "quantized", r: 4, symbol: "times", stroke: "var(--quantized)", strokeWidth: 2.2 }),
    ],
  }) as DrawnPlot;
}
