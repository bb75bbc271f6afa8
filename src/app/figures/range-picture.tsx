import { useMemo } from "react";
import type { Ranges } from "../../runner/diagnose/channel-ranges.ts";
import { PlotFrame, type ReadPoint } from "./plot-frame.tsx";

const HEIGHT = 220;
const TOP = 22;
const BOTTOM = 26;
const AXIS = 40;
const GAP = 28;
/** Points that keys and pointer stop at: more channels than this are grouped. */
const MOST_STOPS = 64;

/** Every channel's range as an upright line: in the float model at the left, as the quantizer finds it at the right. Each side has its own scale. */
export function RangePicture(props: { readonly name: string; readonly width: number; readonly before: Ranges; readonly after: Ranges }) {
  const { name, width, before, after } = props;
  const sides = useMemo(() => {
    const plotWidth = Math.max(40, (width - 2 * AXIS - GAP) / 2);
    return [layoutOf(before, AXIS, plotWidth, "float"), layoutOf(after, 2 * AXIS + GAP + plotWidth, plotWidth, "as quantized")] as const;
  }, [before, after, width]);
  const points = useMemo(() => readPoints(sides, before, after), [sides, before, after]);
  return (
    <PlotFrame name={`${name}, ranges of ${before.low.length} channels`} width={width} height={HEIGHT} points={points}>
      <RangeSvg width={width} sides={sides} />
    </PlotFrame>
  );
}

interface SideLayout {
  readonly title: string;
  readonly left: number;
  readonly width: number;
  readonly path: string;
  readonly ticks: readonly { readonly y: number; readonly label: string }[];
  readonly xOf: (channel: number) => number;
  readonly yOf: (value: number) => number;
}

function RangeSvg({ width, sides }: { readonly width: number; readonly sides: readonly [SideLayout, SideLayout] }) {
  return (
    <svg width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} aria-hidden="true" fontSize="11" fill="currentColor">
      {sides.map((side, i) => (
        <g key={side.title}>
          <text x={side.left} y={13} fill={i === 0 ? "var(--float)" : "var(--quantized)"} fontWeight="600">
            {i === 0 ? "before: float" : "after: as the quantizer reads it"}
          </text>
          {side.ticks.map(({ y, label }) => (
            <g key={label}>
              <line x1={side.left} x2={side.left + side.width} y1={y} y2={y} stroke="var(--line)" />
              <text x={side.left - 6} y={y + 4} textAnchor="end" fill="var(--muted)">
                {label}
              </text>
            </g>
          ))}
          <path d={side.path} fill="none" stroke={i === 0 ? "var(--float-bar)" : "var(--quantized-bar)"} strokeWidth={strokeOf(side)} />
          <text x={side.left + side.width / 2} y={HEIGHT - 8} textAnchor="middle" fill="var(--muted)">
            channel
          </text>
        </g>
      ))}
    </svg>
  );
}

function strokeOf({ width, xOf }: SideLayout): number {
  return Math.max(1, Math.min(3, (xOf(1) - xOf(0)) * 0.7, width));
}

function layoutOf({ low, high }: Ranges, left: number, width: number, title: string): SideLayout {
  const least = low.reduce((a, b) => Math.min(a, b), 0);
  const most = high.reduce((a, b) => Math.max(a, b), 0);
  const span = most > least ? most - least : 1;
  const yOf = (value: number) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - (value - least) / span);
  const xOf = (channel: number) => left + ((channel + 0.5) * width) / low.length;
  let path = "";
  low.forEach((value, channel) => {
    // A channel that holds one value is still to be seen.
    const [from, to] = [yOf(value), yOf(high[channel] ?? value)];
    path += `M${xOf(channel).toFixed(1)} ${Math.max(from, to + 1).toFixed(1)}V${to.toFixed(1)}`;
  });
  const ticks = [least, 0, most]
    .filter((value, i, all) => all.indexOf(value) === i)
    .map((value) => ({ y: yOf(value), label: tickLabel(value) }));
  return { title, left, width, path, ticks, xOf, yOf };
}

export function tickLabel(value: number): string {
  if (value === 0) return "0";
  return Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) >= 1 ? value.toFixed(1) : value.toPrecision(2);
}

function readPoints([left, right]: readonly [SideLayout, SideLayout], before: Ranges, after: Ranges): ReadPoint[] {
  const step = Math.ceil(before.low.length / MOST_STOPS);
  const stops = Array.from({ length: Math.ceil(before.low.length / step) }, (_, i) => widestOf(before, i * step, step));
  const textOf = (channel: number) =>
    `channel ${channel}: ${rangeText(before, channel)} in float, ${rangeText(after, channel)} as the quantizer reads it`;
  return [
    ...stops.map((channel) => ({ x: left.xOf(channel), y: left.yOf(before.high[channel] ?? 0), text: textOf(channel) })),
    ...stops.map((channel) => ({ x: right.xOf(channel), y: right.yOf(after.high[channel] ?? 0), text: textOf(channel) })),
  ];
}

/** Of a run of channels, the one that stands out. */
function widestOf({ low, high }: Ranges, start: number, count: number): number {
  let widest = start;
  for (let c = start; c < Math.min(low.length, start + count); c++)
    if ((high[c] ?? 0) - (low[c] ?? 0) > (high[widest] ?? 0) - (low[widest] ?? 0)) widest = c;
  return widest;
}

function rangeText({ low, high }: Ranges, channel: number): string {
  return `${tickLabel(low[channel] ?? 0)} to ${tickLabel(high[channel] ?? 0)}`;
}
