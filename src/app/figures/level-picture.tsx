import { useMemo } from "react";
import { formatPercent } from "../format.ts";
import { levelLayout, type LevelLayout, type LevelPictureData } from "../results/level-layout.ts";
import { TableView } from "./table-view.tsx";

const HEIGHT = 180;
const TOP = 16;
const BOTTOM = 22;
/** Width of the column for what a logarithmic axis cannot show. */
const GUTTER = 34;
const COLUMN = 4;
/** Room for half a label at both ends of the axis. */
const MARGIN = 10;
/** Codes are written where the one before is this far away, pixels, and left out altogether where there are many. */
const LABEL = 13;
const MOST_LABELS = 18;

/** The values of one tensor as a histogram with a quantizer's levels over it, and the levels as a table. */
export function LevelPicture(props: LevelPictureData & { readonly name: string; readonly width: number }) {
  const { name, width, histogram, codebook, axis } = props;
  const left = axis === "log" ? GUTTER + MARGIN : MARGIN;
  const plotWidth = Math.max(COLUMN, width - left - MARGIN);
  const layout = useMemo(
    () => levelLayout({ histogram, codebook, axis }, Math.floor(plotWidth / COLUMN)),
    [histogram, codebook, axis, plotWidth],
  );
  const used = layout.levels.filter(({ share }) => share > 0).length;
  return (
    <figure className="level-picture">
      <svg
        width={width}
        height={HEIGHT}
        viewBox={`0 0 ${width} ${HEIGHT}`}
        role="img"
        aria-label={`${name}: ${used} of ${layout.levels.length} levels are used`}
        fontSize="11"
        fill="currentColor"
      >
        <Bars layout={layout} left={left} width={plotWidth} />
        <Levels layout={layout} left={left} width={plotWidth} />
      </svg>
      <figcaption className="muted small">
        Bars are the values of {name}, lines the levels that quantization leaves of them: {used} of {layout.levels.length} are used. Heights
        are square roots of shares, so that rare values stay visible.
      </figcaption>
      <TableView caption={`Levels of ${name}`} columns={["Code", "Value", "Share of the values"]} rows={levelRows(layout)} />
    </figure>
  );
}

/** The table behind the picture, by value. */
export function levelRows({ levels }: LevelLayout): (string | number)[][] {
  return levels.map(({ code, value, share }) => [code, value === 0 ? "0" : value.toPrecision(4), formatPercent(share)]);
}

interface Part {
  readonly layout: LevelLayout;
  /** Pixels from the left to the axis' 0. */
  readonly left: number;
  /** Pixels of the axis. */
  readonly width: number;
}

function Bars({ layout, left, width }: Part) {
  const { bars, below, ticks } = layout;
  const most = Math.sqrt(Math.max(below ?? 0, ...bars.map(({ share }) => share)));
  const room = HEIGHT - TOP - BOTTOM;
  const heightOf = (share: number) => (most > 0 ? (room * Math.sqrt(share)) / most : 0);
  const base = HEIGHT - BOTTOM;
  return (
    <g aria-hidden="true">
      {bars.map(({ from, to, share }) => (
        <rect
          key={from}
          x={left + from * width}
          y={base - heightOf(share)}
          width={(to - from) * width}
          height={heightOf(share)}
          fill="var(--float)"
          fillOpacity="0.55"
        />
      ))}
      {below !== null && (
        <rect x={2} y={base - heightOf(below)} width={GUTTER - 12} height={heightOf(below)} fill="var(--float)" fillOpacity="0.55" />
      )}
      <line x1={left} x2={left + width} y1={base} y2={base} stroke="currentColor" strokeOpacity="0.5" />
      {ticks.map(({ x, label }) => (
        <text key={label} x={left + x * width} y={HEIGHT - 6} textAnchor={x < 0.05 ? "start" : x > 0.95 ? "end" : "middle"}>
          {label}
        </text>
      ))}
      {below !== null && (
        <text x={2 + (GUTTER - 12) / 2} y={HEIGHT - 6} textAnchor="middle">
          less
        </text>
      )}
    </g>
  );
}

function Levels({ layout: { levels }, left, width }: Part) {
  const pixelOf = (x: number | null) => (x === null ? 2 + (GUTTER - 12) / 2 : left + x * width);
  const labelled = new Set<number>();
  let labelEnd = Number.NEGATIVE_INFINITY;
  for (const { code, x } of levels.length <= MOST_LABELS ? levels : []) {
    if (pixelOf(x) - labelEnd < LABEL) continue;
    labelled.add(code);
    labelEnd = pixelOf(x);
  }
  return (
    <g aria-hidden="true">
      {levels.map(({ code, x, share }) => {
        const at = pixelOf(x);
        return (
          <g key={code}>
            <line
              x1={at}
              x2={at}
              y1={TOP}
              y2={HEIGHT - BOTTOM}
              stroke="var(--quantized)"
              strokeWidth="1.25"
              strokeDasharray={share > 0 ? undefined : "2 3"}
            />
            {labelled.has(code) && (
              <text x={at} y={TOP - 4} textAnchor="middle" fill="var(--quantized)">
                {code}
              </text>
            )}
          </g>
        );
      })}
    </g>
  );
}
