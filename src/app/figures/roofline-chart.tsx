import { useCallback, useMemo } from "react";
import type { Roofline } from "../../gpu/roofline/roofline.ts";
import type { ProfileStep } from "../../runner/profile/profile.ts";
import { formatRate } from "../format.ts";
import { PlotChart, type DrawnPlot, type Plotting } from "./plot-chart.tsx";

/**
 * Every step that multiplies, by how many operations it does for a byte and how fast it does them, under what the adapter can do at most: bandwidth times
 * intensity up to the ridge, arithmetic beyond. Both axes are logarithmic.
 */
export function RooflineChart(props: { readonly steps: readonly ProfileStep[]; readonly roofline: Roofline; readonly width: number }) {
  const { steps, roofline, width } = props;
  const dots = useMemo(() => dotsOf(steps), [steps]);
  const draw = useCallback(
    (plot: Plotting, size: { width: number; height: number }) => drawRoofline(plot, dots, roofline, size),
    [dots, roofline],
  );
  return (
    <PlotChart
      name="Achieved rate of every step under the adapter's limits"
      width={width}
      height={320}
      draw={draw}
      points={dots}
      testId="roofline-chart"
      hint="Point at a step, or use the arrow keys."
    />
  );
}

interface Dot {
  /** Operations per byte. */
  readonly x: number;
  /** Operations per second. */
  readonly y: number;
  readonly isDot: boolean;
  readonly text: string;
}

function dotsOf(steps: readonly ProfileStep[]): Dot[] {
  return steps
    .filter(({ operations, bytes, operationsPerSecond }) => operations > 0 && bytes > 0 && operationsPerSecond > 0)
    .map(({ name, kernel, operations, bytes, operationsPerSecond, percentOfFloor, floorBound }) => ({
      x: operations / bytes,
      y: operationsPerSecond,
      isDot: /-dot(-|$)/.test(kernel),
      text: `${name}: ${formatRate(operationsPerSecond, "OP/s")} at ${(operations / bytes).toFixed(1)} operations per byte${percentOfFloor === null ? "" : `, ${percentOfFloor.toFixed(0)} % of the floor (${floorBound ?? ""})`}`,
    }))
    .toSorted((a, b) => a.x - b.x);
}

/** The least that can bound a rate at each intensity. */
function roof(peak: number, { readBytesPerSecond }: Roofline, low: number, high: number): { x: number; y: number }[] {
  const ridge = peak / readBytesPerSecond;
  const at = (x: number) => ({ x, y: Math.min(peak, x * readBytesPerSecond) });
  return [low, ...(ridge > low && ridge < high ? [ridge] : []), high].map(at);
}

function drawRoofline(
  plot: Plotting,
  dots: readonly Dot[],
  roofline: Roofline,
  { width, height }: { width: number; height: number },
): DrawnPlot {
  const { fmaPerSecond, packedDotPerSecond, readBytesPerSecond } = roofline;
  const ridge = fmaPerSecond / readBytesPerSecond;
  const intensities = [ridge, ...dots.map(({ x }) => x)];
  const [low, high] = [Math.min(...intensities) / 2, Math.max(...intensities) * 3];
  const hasDots = dots.some(({ isDot }) => isDot);
  const roofs = [
    { label: "f32 multiply-add", peak: fmaPerSecond, dash: "" },
    ...(hasDots && packedDotPerSecond !== null ? [{ label: "packed dot", peak: packedDotPerSecond, dash: "5 3" }] : []),
  ];
  const top = Math.max(...roofs.map(({ peak }) => peak)) * 2;
  const rates = dots.map(({ y }) => y);
  const isPower = (value: number) => Number.isInteger(Math.log10(value));
  return plot.plot({
    width,
    height,
    marginLeft: 84,
    marginRight: 16,
    marginBottom: 40,
    x: {
      type: "log",
      domain: [low, high],
      label: "operations per byte",
      grid: true,
      tickFormat: (value: number) => (isPower(value) ? String(value) : ""),
    },
    y: {
      type: "log",
      domain: [Math.min(low * readBytesPerSecond, ...rates) / 2, top],
      label: "operations per second",
      grid: true,
      tickFormat: (value: number) => (isPower(value) ? formatRate(value, "OP/s").replace(/\.0+ /, " ") : ""),
    },
    marks: [
      ...roofs.flatMap(({ label, peak, dash }) => [
        plot.line(roof(peak, roofline, low, high), {
          x: "x",
          y: "y",
          stroke: "var(--ink)",
          strokeWidth: 1.6,
          ...(dash === "" ? {} : { strokeDasharray: dash }),
        }),
        plot.text([{ x: high, y: peak }], { x: "x", y: "y", text: () => label, dy: -8, textAnchor: "end", fill: "var(--ink)" }),
      ]),
      plot.dot(dots, {
        x: "x",
        y: "y",
        r: 4,
        symbol: (dot: Dot) => (dot.isDot ? "square" : "circle"),
        stroke: (dot: Dot) => (dot.isDot ? "var(--quantized)" : "var(--float)"),
        strokeWidth: 1.6,
      }),
    ],
  }) as DrawnPlot;
}
