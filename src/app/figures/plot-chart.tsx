import type * as PlotLibrary from "@observablehq/plot";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { PlotFrame, type ReadPoint } from "./plot-frame.tsx";

export type Plotting = typeof PlotLibrary;
export type DrawnPlot = (SVGSVGElement | HTMLElement) & PlotLibrary.Plot;

/** A point in the chart's own units. */
export interface DataPoint {
  readonly x: number | string;
  readonly y: number;
  readonly text: string;
}

let loading: Promise<Plotting> | null = null;

/** An ordinary chart. Plot, the page's heaviest library, is fetched when the first one is drawn. */
export function PlotChart(props: {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** Same function for the same data: the chart is drawn again when it changes. */
  readonly draw: (plot: Plotting, size: { readonly width: number; readonly height: number }) => DrawnPlot;
  readonly points: readonly DataPoint[];
  readonly hint?: string;
  readonly onChoose?: ((index: number) => void) | undefined;
  readonly testId?: string;
}) {
  const { draw, points, width, height } = props;
  const [plot, setPlot] = useState<Plotting | null>(null);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let isShown = true;
    void (loading ??= import("@observablehq/plot")).then((library) => {
      if (isShown) setPlot(library);
    });
    return () => {
      isShown = false;
    };
  }, []);
  const drawn = useMemo(() => (plot === null ? null : draw(plot, { width, height })), [plot, draw, width, height]);
  // Before the browser paints: rows of a sweep come one by one, and the chart must not blink.
  useLayoutEffect(() => {
    if (drawn === null) return;
    // The frame around it has the name; Plot's names of single marks would drown it.
    drawn.setAttribute("aria-hidden", "true");
    box.current?.replaceChildren(drawn);
  }, [drawn]);
  const read = useMemo(() => (drawn === null ? [] : pixelsOf(drawn, points)), [drawn, points]);
  return (
    <PlotFrame
      name={props.name}
      width={width}
      height={height}
      points={read}
      onChoose={props.onChoose}
      {...(props.hint === undefined ? {} : { hint: props.hint })}
      {...(props.testId === undefined ? {} : { testId: props.testId })}
    >
      {drawn === null ? <p className="muted">Drawing …</p> : <div ref={box} className="plot" />}
    </PlotFrame>
  );
}

function pixelsOf(drawn: DrawnPlot, points: readonly DataPoint[]): ReadPoint[] {
  const x = drawn.scale("x");
  const y = drawn.scale("y");
  if (x === undefined || y === undefined) return [];
  const half = (x.bandwidth ?? 0) / 2;
  return points.map((point) => ({ x: Number(x.apply(point.x)) + half, y: Number(y.apply(point.y)), text: point.text }));
}
