import { useCallback, useMemo } from "react";
import type { ResidualStep } from "../../runner/diagnose/residual-stream.ts";
import { PlotChart, type DrawnPlot, type Plotting } from "./plot-chart.tsx";

/** How the residual stream grows from block to block, and the error on it: sizes on a logarithmic axis. */
export function ResidualChart({ steps, width }: { readonly steps: readonly ResidualStep[]; readonly width: number }) {
  const ordered = useMemo(() => steps.map((step, index) => ({ ...step, index })), [steps]);
  const draw = useCallback((plot: Plotting, size: { width: number; height: number }) => drawResidual(plot, ordered, size), [ordered]);
  const points = useMemo(
    () =>
      ordered.map((step) => ({
        x: step.index,
        y: step.rms,
        text: `${step.name}: root mean square ${short(step.rms)}, largest ${short(step.largest)}, error ${short(step.errorRms)}`,
      })),
    [ordered],
  );
  return <PlotChart name="Residual stream by depth" width={width} height={260} draw={draw} points={points} testId="residual-chart" />;
}

type Ordered = ResidualStep & { readonly index: number };

function drawResidual(plot: Plotting, steps: readonly Ordered[], { width, height }: { width: number; height: number }): DrawnPlot {
  // A logarithmic axis has no 0: an exact stream has no error line.
  const erring = steps.filter(({ errorRms }) => errorRms > 0);
  const last = steps.at(-1);
  const sizes = [...steps.map(({ largest }) => largest), ...erring.map(({ errorRms }) => errorRms)];
  const spread = Math.max(...sizes) / Math.min(...sizes);
  return plot.plot({
    width,
    height,
    marginLeft: 48,
    marginRight: 84,
    x: { label: "block", tickFormat: (index: number) => blockTick(steps, index), ticks: ticksOf(steps) },
    y: {
      type: "log",
      label: "magnitude",
      grid: true,
      ticks: 5,
      tickFormat: (value: number) => magnitudeTick(value, spread),
    },
    marks: [
      plot.line(steps, { x: "index", y: "largest", stroke: "var(--float)", strokeDasharray: "4 3" }),
      plot.line(steps, { x: "index", y: "rms", stroke: "var(--float)", strokeWidth: 2 }),
      plot.dot(steps, { x: "index", y: "rms", fill: "var(--float)", r: 3 }),
      plot.line(erring, { x: "index", y: "errorRms", stroke: "var(--quantized)", strokeWidth: 2 }),
      plot.dot(erring, { x: "index", y: "errorRms", stroke: "var(--quantized)", symbol: "times", r: 3.5 }),
      ...(last === undefined
        ? []
        : [
            plot.text([last], { x: "index", y: "largest", text: () => "largest", dx: 8, textAnchor: "start", fill: "var(--float)" }),
            plot.text([last], {
              x: "index",
              y: "rms",
              text: () => "RMS",
              dx: 8,
              textAnchor: "start",
              fill: "var(--float)",
              fontWeight: 600,
            }),
          ]),
      ...(last === undefined || last.errorRms === 0
        ? []
        : [plot.text([last], { x: "index", y: "errorRms", text: () => "error", dx: 8, textAnchor: "start", fill: "var(--quantized)" })]),
    ],
  }) as DrawnPlot;
}

/** The first step of every block, as far as there is room. */
function ticksOf(steps: readonly Ordered[]): number[] {
  const firsts = steps.filter((step, i) => step.block !== steps[i - 1]?.block).map(({ index }) => index);
  const every = Math.ceil(firsts.length / 12);
  return firsts.filter((_, i) => i % every === 0);
}

/** Powers of ten; where the axis spans few of them, twice and five times these too. */
function magnitudeTick(value: number, spread: number): string {
  const digit = value / 10 ** Math.floor(Math.log10(value) + 1e-9);
  const isWritten = Math.abs(digit - 1) < 1e-6 || (spread < 100 && [2, 5].some((one) => Math.abs(digit - one) < 1e-6));
  return isWritten ? String(Number(value.toPrecision(1))) : "";
}

function blockTick(steps: readonly Ordered[], index: number): string {
  return String(steps[index]?.block ?? "");
}

function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
