import { useMemo } from "react";
import type { TokenChannelMap } from "../../runner/diagnose/residual-stream.ts";
import { heatColour } from "./heat-grid.tsx";
import { PlotFrame, type ReadPoint } from "./plot-frame.tsx";
import { tickLabel } from "./range-picture.tsx";

const LEFT = 40;
const TOP = 8;
const BOTTOM = 26;
const SHADES = 6;
/** A cell is drawn from this many times the median on; twice as many for each further shade. */
const FIRST_TIMES = 4;

/** Tokens down, channels across, each cell shaded by how far its largest value stands above the median; ordinary cells are left blank. */
export function TokenMap({ map, width }: { readonly map: TokenChannelMap; readonly width: number }) {
  const cellHeight = Math.max(1, Math.min(6, 320 / map.rows));
  const height = TOP + BOTTOM + map.rows * cellHeight;
  const cellWidth = (width - LEFT - 8) / map.columns;
  const paths = useMemo(() => shadePaths(map, cellWidth, cellHeight), [map, cellWidth, cellHeight]);
  const points = useMemo(
    () =>
      map.outliers.map(({ token, channel, value, timesMedian }): ReadPoint => ({
        x: LEFT + (Math.floor(channel / map.channelStep) + 0.5) * cellWidth,
        y: TOP + (Math.floor(token / map.tokenStep) + 0.5) * cellHeight,
        text: `token ${token}, channel ${channel}: ${tickLabel(value)}, ${timesMedian.toFixed(0)} times the median`,
      })),
    [map, cellWidth, cellHeight],
  );
  const bottom = TOP + map.rows * cellHeight;
  return (
    <PlotFrame
      name={`Tokens and channels after block ${map.block}, largest values`}
      width={width}
      height={height}
      points={points}
      hint={`The ${map.outliers.length} largest values can be read with the arrow keys.`}
    >
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true" fontSize="11" fill="var(--muted)">
        <rect x={LEFT} y={TOP} width={map.columns * cellWidth} height={map.rows * cellHeight} fill="var(--sunken)" />
        {paths.map(({ shade, path }) => (
          <path key={shade} d={path} fill={heatColour((shade + 1) / SHADES)} />
        ))}
        <text x={LEFT - 6} y={TOP + 10} textAnchor="end">
          0
        </text>
        <text x={LEFT - 6} y={bottom} textAnchor="end">
          {map.tokens - 1}
        </text>
        <text x={14} y={(TOP + bottom) / 2} textAnchor="middle" transform={`rotate(-90 14 ${(TOP + bottom) / 2})`}>
          token
        </text>
        <text x={LEFT} y={height - 8}>
          0
        </text>
        <text x={LEFT + map.columns * cellWidth} y={height - 8} textAnchor="end">
          {map.channels - 1}
        </text>
        <text x={LEFT + (map.columns * cellWidth) / 2} y={height - 8} textAnchor="middle">
          channel
        </text>
      </svg>
    </PlotFrame>
  );
}

/** 0 for cells that stand out least, SHADES - 1 for the most; null for ordinary ones. */
export function shadeOf(value: number, median: number): number | null {
  const times = value / median;
  if (!(times >= FIRST_TIMES)) return null;
  return Math.min(SHADES - 1, Math.floor(Math.log2(times / FIRST_TIMES)));
}

/** What each shade begins at, in words, for a legend. */
export const SHADE_TEXTS = Array.from({ length: SHADES }, (_, shade) => `${FIRST_TIMES * 2 ** shade}x`);

/** One path per shade: a thousand cells are as cheap as one. Cells side by side are one rectangle. */
function shadePaths(map: TokenChannelMap, cellWidth: number, cellHeight: number): { shade: number; path: string }[] {
  const paths = Array.from({ length: SHADES }, () => "");
  for (let row = 0; row < map.rows; row++) {
    let start = 0;
    let before: number | null = null;
    for (let column = 0; column <= map.columns; column++) {
      const shade = column < map.columns ? shadeOf(map.cells[row * map.columns + column] ?? 0, map.median) : null;
      if (shade === before && column < map.columns) continue;
      if (before !== null) {
        const x = (LEFT + start * cellWidth).toFixed(1);
        const right = ((column - start) * cellWidth).toFixed(1);
        paths[before] += `M${x} ${(TOP + row * cellHeight).toFixed(1)}h${right}v${cellHeight.toFixed(1)}h-${right}z`;
      }
      start = column;
      before = shade;
    }
  }
  return paths.flatMap((path, shade) => (path === "" ? [] : [{ shade, path }]));
}
