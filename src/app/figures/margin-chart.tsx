import { useCallback, useMemo } from "react";
import type { Margin } from "../results/margins.ts";
import { PlotChart, type DrawnPlot, type Plotting } from "./plot-chart.tsx";

/** One recipe's margins. Signs differ as well as colours: a circle for the first recipe, a triangle for the second, a cross for flips. */
export interface MarginSide {
  readonly label: string;
  readonly margins: readonly Margin[];
}

/** Float margin against quantized margin of every image, of one recipe or two on the same axes; below the line at 0 predictions flip. */
export function MarginChart(props: {
  readonly sides: readonly MarginSide[];
  readonly nameOf: (image: number) => string;
  readonly width: number;
  readonly onChoose?: ((image: number) => void) | undefined;
}) {
  const { sides, nameOf, width, onChoose } = props;
  const marks = useMemo(() => sides.flatMap(({ label, margins }, side) => margins.map((margin) => ({ ...margin, label, side }))), [sides]);
  const draw = useCallback((plot: Plotting, size: { width: number; height: number }) => drawMargins(plot, marks, size), [marks]);
  const points = useMemo(
    () =>
      marks.map(({ image, float, quantized, label, isFlip }) => ({
        x: float,
        y: quantized,
        text: `${nameOf(image)}: margin ${float.toFixed(2)} in float, ${quantized.toFixed(2)} with ${label}${isFlip ? ", flipped" : ""}`,
      })),
    [marks, nameOf],
  );
  return (
    <PlotChart
      name="Margins, float against quantized"
      width={width}
      height={Math.min(420, Math.max(260, width * 0.62))}
      draw={draw}
      points={points}
      testId="margin-chart"
      onChoose={onChoose === undefined ? undefined : (index) => onChoose(marks[index]?.image ?? 0)}
    />
  );
}

type Mark = Margin & { readonly side: number };

function drawMargins(plot: Plotting, marks: readonly Mark[], { width, height }: { width: number; height: number }): DrawnPlot {
  const most = marks.reduce((high, { float, quantized }) => Math.max(high, float, quantized), 1);
  const least = marks.reduce((low, { quantized }) => Math.min(low, quantized), 0);
  const of = (side: number, isFlip: boolean) => marks.filter((mark) => mark.side === side && mark.isFlip === isFlip);
  return plot.plot({
    width,
    height,
    marginLeft: 46,
    marginBottom: 38,
    grid: true,
    x: { label: "margin in float (logits)", labelOffset: 32, domain: [0, most], nice: true },
    y: { label: "margin when quantized", domain: [Math.min(0, least), most], nice: true },
    marks: [
      plot.ruleY([0], { stroke: "var(--quantized)", strokeWidth: 1.5 }),
      plot.line(
        [
          [0, 0],
          [most, most],
        ],
        { stroke: "currentColor", strokeDasharray: "4 3", strokeOpacity: 0.7 },
      ),
      plot.dot(of(1, false), { x: "float", y: "quantized", r: 4, symbol: "triangle", stroke: "var(--muted)", strokeWidth: 1.6 }),
      plot.dot(of(1, true), { x: "float", y: "quantized", r: 4, symbol: "times", stroke: "var(--muted)", strokeWidth: 2 }),
      plot.dot(of(0, false), { x: "float", y: "quantized", r: 4, stroke: "var(--float)", strokeWidth: 1.6 }),
      plot.dot(of(0, true), { x: "float", y: "quantized", r: 4.5, symbol: "times", stroke: "var(--quantized)", strokeWidth: 2.4 }),
    ],
  }) as DrawnPlot;
}
