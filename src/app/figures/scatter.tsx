import * as Plot from "@observablehq/plot";
import { useEffect, useRef } from "react";
import type { ScatterPoint } from "../results/scatter-points.ts";

/** Float against quantized logit, equal on the dashed line. Loaded lazily: Plot is the page's heaviest library. */
export function Scatter({ points, width }: { readonly points: readonly ScatterPoint[]; readonly width: number }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const svg = drawScatter(points, width);
    // The figure around it has the name and the caption; Plot's names of single marks would drown them.
    svg.setAttribute("aria-hidden", "true");
    box.current?.replaceChildren(svg);
  }, [points, width]);
  return <div ref={box} className="scatter" />;
}

function drawScatter(points: readonly ScatterPoint[], width: number): Element {
  const of = (kind: ScatterPoint["kind"]): ScatterPoint[] => points.filter((point) => point.kind === kind);
  const values = points.flatMap((point) => [point.float, point.quantized]);
  const low = values.reduce((a, b) => Math.min(a, b), 0);
  const high = values.reduce((a, b) => Math.max(a, b), 1);
  const size = Math.min(width, 520);
  return Plot.plot({
    width: size,
    height: size * 0.8,
    x: { label: "float logit", labelOffset: 32, domain: [low, high], nice: true },
    y: { label: "quantized logit", domain: [low, high], nice: true },
    marginBottom: 38,
    grid: true,
    marks: [
      Plot.line(
        [
          [low, low],
          [high, high],
        ],
        { stroke: "currentColor", strokeDasharray: "4 3", strokeOpacity: 0.7 },
      ),
      Plot.dot(of("other"), { x: "float", y: "quantized", r: 1.6, fill: "currentColor", fillOpacity: 0.32 }),
      Plot.dot(of("kept"), { x: "float", y: "quantized", r: 4, stroke: "var(--float)", strokeWidth: 1.6 }),
      Plot.dot(of("flipped"), { x: "float", y: "quantized", r: 4, symbol: "times", stroke: "var(--quantized)", strokeWidth: 2.2 }),
    ],
  });
}
