import { useCallback, useMemo } from "react";
import type { LayerError } from "../../runner/comparison.ts";
import { formatDb } from "../format.ts";
import { PlotChart, type DrawnPlot, type Plotting } from "./plot-chart.tsx";

export interface LayerSide {
  readonly label: string;
  readonly layers: readonly LayerError[];
}

/** Signal to noise along the network, of two recipes on the same axes: the first as a full line, the second dashed. */
export function LayerChart({ sides, width }: { readonly sides: readonly LayerSide[]; readonly width: number }) {
  const series = useMemo(
    () =>
      sides.map(({ label, layers }) => ({
        label,
        steps: layers.flatMap((layer, index) => (Number.isFinite(layer.sqnrDb) ? [{ ...layer, index }] : [])),
      })),
    [sides],
  );
  const draw = useCallback((plot: Plotting, size: { width: number; height: number }) => drawLayers(plot, series, size), [series]);
  const points = useMemo(
    () =>
      (series[0]?.steps ?? []).map((step) => {
        const others = series.slice(1).map(({ label, steps }) => {
          const same = steps.find(({ name }) => name === step.name);
          return `, ${label} ${same === undefined ? "exact" : formatDb(same.sqnrDb)}`;
        });
        return { x: step.index, y: step.sqnrDb, text: `${step.name}: ${series[0]?.label} ${formatDb(step.sqnrDb)}${others.join("")}` };
      }),
    [series],
  );
  return <PlotChart name="Signal to noise along the network" width={width} height={260} draw={draw} points={points} testId="layer-chart" />;
}

type Series = { readonly label: string; readonly steps: readonly (LayerError & { readonly index: number })[] };

function drawLayers(plot: Plotting, series: readonly Series[], { width, height }: { width: number; height: number }): DrawnPlot {
  const steps = series[0]?.steps ?? [];
  const firsts = steps.filter((step, i) => step.block !== null && step.block !== steps[i - 1]?.block);
  const every = Math.max(1, Math.ceil(firsts.length / 12));
  const ticks = firsts.filter((_, i) => i % every === 0);
  const blocks = new Map(ticks.map(({ index, block }) => [index, String(block)]));
  const looks = [
    { stroke: "var(--quantized)", strokeWidth: 2 },
    { stroke: "var(--muted)", strokeWidth: 2, strokeDasharray: "5 4" },
  ];
  return plot.plot({
    width,
    height,
    marginLeft: 46,
    marginRight: 12,
    x: { label: "block", ticks: [...blocks.keys()], tickFormat: (index: number) => blocks.get(index) ?? "" },
    y: { label: "SQNR, dB", grid: true, nice: true },
    marks: series.map(({ steps: line }, i) => plot.line(line, { x: "index", y: "sqnrDb", ...looks[Math.min(i, 1)] })),
  }) as DrawnPlot;
}
