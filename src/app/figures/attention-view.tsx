import { useId, useState, type ReactNode } from "react";
import type { MapPair } from "../../runner/diagnose/attention-maps.ts";
import { heatColour } from "./heat-grid.tsx";

/** One map over the patches of an image: a square per patch, shaded by its share of the largest. Signed maps go blue and orange from 0. */
export function AttentionMap(props: {
  readonly name: string;
  readonly values: Float32Array;
  readonly gridWidth: number;
  /** What full colour stands for. */
  readonly most: number;
  readonly isSigned?: boolean;
  readonly size: number;
}) {
  const { name, values, gridWidth, most, size } = props;
  const cell = size / gridWidth;
  const height = (cell * values.length) / gridWidth;
  return (
    <svg width={size} height={height} viewBox={`0 0 ${size} ${height}`} role="img" aria-label={name} shapeRendering="crispEdges">
      {Array.from(values, (value, i) => (
        <rect
          key={i}
          x={(i % gridWidth) * cell}
          y={Math.floor(i / gridWidth) * cell}
          width={cell}
          height={cell}
          fill={props.isSigned === true ? signedColour(value / most) : heatColour(Math.min(1, Math.max(0, value / most)))}
        />
      ))}
      {props.isSigned === true && cell >= SIGN_CELL && <Signs values={values} gridWidth={gridWidth} most={most} cell={cell} />}
    </svg>
  );
}

/** Smaller cells have no room for a sign. */
const SIGN_CELL = 12;

/** Plus and minus in the cells that changed most, for eyes that do not tell blue from orange. */
function Signs(props: { readonly values: Float32Array; readonly gridWidth: number; readonly most: number; readonly cell: number }) {
  const { values, gridWidth, most, cell } = props;
  return Array.from(values, (value, i) =>
    Math.abs(value) < 0.4 * most ? null : (
      <text
        key={i}
        x={((i % gridWidth) + 0.5) * cell}
        y={(Math.floor(i / gridWidth) + 0.5) * cell}
        dy="0.35em"
        fontSize={Math.min(18, cell * 0.7)}
        textAnchor="middle"
        fill="var(--ink)"
      >
        {value < 0 ? "−" : "+"}
      </text>
    ),
  );
}

/** -1 is full blue (quantized looks less), 1 full orange (it looks more), 0 the ground. */
function signedColour(level: number): string {
  const share = Math.min(1, Math.abs(level)) * 100;
  return `color-mix(in oklab, var(${level < 0 ? "--float-bar" : "--quantized-bar"}) ${share.toFixed(0)}%, var(--sunken))`;
}

/** The image (`children`), float and quantized on top of each other with a border that a slider moves, and their difference beside. */
export function AttentionView(props: {
  readonly name: string;
  readonly pair: MapPair;
  readonly gridWidth: number;
  readonly size: number;
  readonly children?: ReactNode;
}) {
  const { name, pair, gridWidth, size, children } = props;
  const [swipe, setSwipe] = useState(50);
  const id = useId();
  const most = Math.max(Number.MIN_VALUE, ...pair.float, ...pair.quantized);
  const difference = pair.quantized.map((value, i) => value - (pair.float[i] ?? 0));
  const largest = Math.max(Number.MIN_VALUE, ...difference.map(Math.abs));
  return (
    <div className="attention-view">
      {children !== undefined && (
        <figure className="attention-swipe" style={{ width: size }}>
          {children}
          <figcaption className="small">what the model sees</figcaption>
        </figure>
      )}
      <figure className="attention-swipe" style={{ width: size }}>
        <div className="swipe-stack">
          <AttentionMap name={`${name}, float`} values={pair.float} gridWidth={gridWidth} most={most} size={size} />
          <div className="swipe-over" style={{ clipPath: `inset(0 0 0 ${swipe}%)` }}>
            <AttentionMap name={`${name}, quantized`} values={pair.quantized} gridWidth={gridWidth} most={most} size={size} />
          </div>
          <span className="swipe-line" style={{ left: `${swipe}%` }} aria-hidden="true" />
        </div>
        <label htmlFor={id} className="swipe-label">
          <span className="float-text">float</span>
          <span className="visually-hidden"> to quantized: where the border lies</span>
          <span className="quantized-text" aria-hidden="true">
            quantized
          </span>
        </label>
        <input
          id={id}
          className="swipe"
          type="range"
          min="0"
          max="100"
          value={swipe}
          onChange={(event) => setSwipe(Number(event.currentTarget.value))}
          aria-valuetext={`${swipe} percent float`}
        />
      </figure>
      <figure className="attention-swipe" style={{ width: size }}>
        <AttentionMap
          name={`${name}, quantized minus float`}
          values={difference}
          gridWidth={gridWidth}
          most={largest}
          isSigned
          size={size}
        />
        <figcaption className="small">
          <span className="float-text">− less</span> · <span className="quantized-text">+ more</span> when quantized; full colour is{" "}
          {largest.toPrecision(2)}
        </figcaption>
      </figure>
    </div>
  );
}

/** Cosine of two maps: 1 where quantization does not move the look. */
export function mapCosine({ float, quantized }: MapPair): number {
  let [dot, a, b] = [0, 0, 0];
  float.forEach((value, i) => {
    const other = quantized[i] ?? 0;
    dot += value * other;
    a += value * value;
    b += other * other;
  });
  return a === 0 || b === 0 ? (a === b ? 1 : 0) : dot / Math.sqrt(a * b);
}
