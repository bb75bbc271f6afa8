/* oxlint-disable jsx-a11y/no-noninteractive-tabindex -- role application is a widget with one tab stop, which the linter does not know. */
import { useState } from "react";
import type { KeyboardEvent, PointerEvent, ReactNode } from "react";

/** A point of a picture that can be read: where it is, in pixels, and what stands there. */
export interface ReadPoint {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

/**
 * Around a picture: one tab stop; arrow keys, Home and End go from point to point, the pointer finds the nearest one, a ring shows it and a line of text
 * says it. With `onChoose`, Enter or a click takes the point.
 */
export function PlotFrame(props: {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly points: readonly ReadPoint[];
  /** What the line says before anybody points. */
  readonly hint?: string;
  readonly onChoose?: ((index: number) => void) | undefined;
  readonly testId?: string;
  readonly children: ReactNode;
}) {
  const { name, width, height, points, onChoose } = props;
  const [wanted, setWanted] = useState<number | null>(null);
  const at = wanted === null || points.length === 0 ? null : Math.min(wanted, points.length - 1);
  const point = at === null ? undefined : points[at];
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && at !== null && onChoose !== undefined) onChoose(at);
    else {
      const moved = movedIndex(at, event.key, points.length);
      if (moved === null) return;
      setWanted(moved);
    }
    event.preventDefault();
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    setWanted(nearest(points, event.clientX - box.left, event.clientY - box.top));
  };
  return (
    <div className="plot-frame">
      {/* A widget of its own: one tab stop, its points told as they are reached. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the linter does not count role application as interactive */}
      <div
        className={onChoose === undefined ? "plot-canvas" : "plot-canvas choosable"}
        style={{ width, height }}
        role="application"
        aria-label={`${name}. Arrow keys go from point to point${onChoose === undefined ? "" : ", Enter opens one"}.`}
        tabIndex={0}
        data-testid={props.testId}
        onKeyDown={onKeyDown}
        onPointerMove={onPointerMove}
        onClick={() => {
          if (at !== null) onChoose?.(at);
        }}
      >
        {props.children}
        {point !== undefined && (
          <svg className="plot-cursor" width={width} height={height} aria-hidden="true">
            <circle cx={point.x} cy={point.y} r="8" />
          </svg>
        )}
      </div>
      <output className="readout">{point?.text ?? props.hint ?? "Point at it, or use the arrow keys."}</output>
    </div>
  );
}

/** The point that a key leads to; null for any other key. */
export function movedIndex(at: number | null, key: string, count: number): number | null {
  if (count === 0) return null;
  if (key === "ArrowRight" || key === "ArrowDown") return at === null ? 0 : Math.min(count - 1, at + 1);
  if (key === "ArrowLeft" || key === "ArrowUp") return at === null ? count - 1 : Math.max(0, at - 1);
  if (key === "Home") return 0;
  return key === "End" ? count - 1 : null;
}

export function nearest(points: readonly ReadPoint[], x: number, y: number): number | null {
  let best: number | null = null;
  let least = Number.POSITIVE_INFINITY;
  points.forEach((point, i) => {
    const distance = (point.x - x) ** 2 + (point.y - y) ** 2;
    if (distance >= least) return;
    least = distance;
    best = i;
  });
  return best;
}
