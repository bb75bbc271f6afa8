import { useCallback, useMemo } from "react";
import { formatBytes, formatMs, formatNats } from "../format.ts";
import type { ParetoPoint, ParetoView } from "../results/pareto-points.ts";
import { PlotChart, type DrawnPlot, type Plotting } from "./plot-chart.tsx";

/**
 * Error against cost of every run. The error axis is linear near 0 and logarithmic beyond (symlog), so that the float model stands at its true 0. The step
 * line joins the runs that no other beats.
 */
export function ParetoChart(props: {
  readonly view: ParetoView;
  readonly width: number;
  readonly height: number;
  readonly onChoose?: ((index: number) => void) | undefined;
}) {
  const { view } = props;
  const draw = useCallback((plot: Plotting, size: { width: number; height: number }) => drawPareto(plot, view, size), [view]);
  const points = useMemo(() => view.points.map((point) => ({ x: point.cost, y: point.error, text: paretoText(point, view.cost) })), [view]);
  return (
    <PlotChart
      name="Error against cost of every run"
      width={props.width}
      height={props.height}
      draw={draw}
      points={points}
      onChoose={props.onChoose}
      testId="pareto-chart"
      hint={view.points.length === 0 ? "No run yet." : "Point at a run, or use the arrow keys; Enter opens it."}
    />
  );
}

/** Each recipe's sign, in the chart and as text in its legend; the first come again where there are more recipes. */
const SYMBOLS = [
  { symbol: "circle", text: "○" },
  { symbol: "square", text: "□" },
  { symbol: "triangle", text: "△" },
  { symbol: "diamond", text: "◇" },
  { symbol: "star", text: "☆" },
  { symbol: "wye", text: "Y" },
  { symbol: "cross", text: "+" },
] as const;

export function ParetoLegend({ recipes }: Pick<ParetoView, "recipes">) {
  return (
    <p className="legend">
      {recipes.map((label, i) => (
        <span key={label}>
          <span className="quantized-text">{SYMBOLS[i % SYMBOLS.length]?.text}</span> {label}
        </span>
      ))}
      <span className="muted">filled: no other run beats it</span>
    </p>
  );
}

export function paretoText({ label, cost, error, isFront, isFloat, agreement }: ParetoPoint, kind: ParetoView["cost"]): string {
  const costText = kind === "bytes" ? formatBytes(cost) : formatMs(cost);
  if (isFloat) return `float model: ${costText}`;
  return `${label}: ${costText}, KL ${formatNats(error)}, agreement ${(100 * agreement).toFixed(1)} %${isFront ? "; no other run beats it" : ""}`;
}

function drawPareto(plot: Plotting, view: ParetoView, { width, height }: { width: number; height: number }): DrawnPlot {
  const { points, cost } = view;
  const front = points.filter(({ isFront }) => isFront).toSorted((a, b) => a.cost - b.cost);
  const runs = points.filter(({ isFloat }) => !isFloat);
  const errors = runs.map(({ error }) => error).filter((error) => error > 0);
  // Below the smallest error the axis is linear down to 0.
  const constant = errors.reduce((a, b) => Math.min(a, b), 1);
  const most = errors.reduce((a, b) => Math.max(a, b), constant);
  const isMarked = width > 520;
  return plot.plot({
    width,
    height,
    marginLeft: 56,
    marginRight: 24,
    marginBottom: 40,
    x: {
      label: cost === "bytes" ? "size of the parameters" : "time of the forwards",
      nice: true,
      zero: true,
      grid: true,
      ticks: Math.max(3, Math.floor(width / 110)),
      tickFormat: (value: number) => (value === 0 ? "0" : cost === "bytes" ? formatBytes(value).replace(/\.0+ /, " ") : formatMs(value)),
    },
    y: {
      type: "symlog",
      constant,
      domain: [0, most * 1.15],
      label: "KL divergence from float, nats",
      grid: true,
      ticks: errorTicks(constant, most),
      tickFormat: (value: number) => (value === 0 ? "0" : String(Number(value.toPrecision(2)))),
    },
    symbol: { domain: [...view.recipes], range: SYMBOLS.map(({ symbol }) => symbol) },
    marks: [
      plot.ruleY([0], { stroke: "var(--float)", strokeOpacity: 0.7 }),
      plot.line(front, { x: "cost", y: "error", curve: "step-after", stroke: "var(--quantized)", strokeDasharray: "4 3" }),
      plot.dot(runs, {
        x: "cost",
        y: "error",
        symbol: "recipeLabel",
        r: 5,
        stroke: "var(--quantized)",
        strokeWidth: 1.8,
        fill: (point: ParetoPoint) => (point.isFront ? "var(--quantized-bar)" : "var(--surface)"),
      }),
      plot.dot(
        points.filter(({ isFloat }) => isFloat),
        { x: "cost", y: "error", symbol: "asterisk", r: 6, stroke: "var(--float)", strokeWidth: 2 },
      ),
      plot.text(
        points.filter(({ isFloat }) => isFloat),
        {
          x: "cost",
          y: "error",
          text: () => "float",
          dy: -12,
          fill: "var(--float)",
          fontWeight: 600,
          stroke: "var(--surface)",
          strokeWidth: 4,
        },
      ),
      ...(isMarked
        ? [
            plot.text(
              front.filter(({ isFloat }) => !isFloat),
              { x: "cost", y: "error", text: "bits", dx: -9, textAnchor: "end", fill: "var(--ink)" },
            ),
          ]
        : []),
    ],
  }) as DrawnPlot;
}

/** 0 and the powers of ten in between, with the largest error. */
function errorTicks(least: number, most: number): number[] {
  const first = Math.ceil(Math.log10(least));
  const last = Math.floor(Math.log10(most * 1.15));
  const powers = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => 10 ** (first + i));
  return [0, ...powers];
}
