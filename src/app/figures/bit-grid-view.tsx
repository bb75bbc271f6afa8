import { useEffect, useRef, useState } from "react";
import type { BitCell, BitGrid } from "../results/bit-grid.ts";
import type { Brush } from "../results/paint-cells.ts";
import type { Cursor } from "../results/error-map.ts";
import { HeatGrid, type HeatCell } from "./heat-grid.tsx";

/** Bits of a recipe, to look at and to paint: a drag over a rectangle, or a digit on the cell or on what Shift and arrows chose. */
export function BitGridView(props: {
  readonly caption: string;
  readonly corner: string;
  readonly grid: BitGrid;
  readonly width: number;
  readonly testId: string;
  readonly onPaint: (cells: readonly BitCell[], brush: Brush | "brush") => void;
  /** Told which cell is looked at. */
  readonly onLook: (cell: Cursor) => void;
}) {
  const { grid, onPaint, onLook } = props;
  const [cursor, setCursor] = useState<Cursor>({ row: 0, column: 0 });
  /** The other corner of what is chosen; null: the cell alone. */
  const [anchor, setAnchor] = useState<Cursor | null>(null);
  /** The corners of what is being dragged over: events come faster than they are drawn. */
  const drag = useRef<{ readonly from: Cursor; to: Cursor } | null>(null);
  const paint = (chosen: (cell: Cursor) => boolean, brush: Brush | "brush"): void => {
    const cells = grid.cells.flatMap((row, r) => row.filter((_, c) => chosen({ row: r, column: c })));
    onPaint(
      cells.filter((cell) => cell !== null),
      brush,
    );
  };
  // The pointer may come up anywhere.
  useEffect(() => {
    const end = (event: PointerEvent): void => {
      const dragged = drag.current;
      if (dragged === null) return;
      drag.current = null;
      setAnchor(null);
      if (event.type === "pointerup") paint(rectangle(dragged.from, dragged.to), "brush");
    };
    window.addEventListener("pointerup", end);
    window.addEventListener("pointercancel", end);
    return () => {
      window.removeEventListener("pointerup", end);
      window.removeEventListener("pointercancel", end);
    };
  });
  const look = (next: Cursor): void => {
    setCursor(next);
    onLook(next);
  };
  const chosen = rectangle(anchor ?? cursor, cursor);
  return (
    <HeatGrid
      caption={`${props.caption} A digit from 2 to 8 sets bits, Delete takes the recipe's own, Shift with arrow keys chooses several.`}
      corner={props.corner}
      rows={grid.rows}
      columns={grid.columns}
      cells={grid.cells.map((row) => row.map((cell) => (cell === null ? null : heatCell(cell))))}
      width={props.width}
      cursor={cursor}
      onCursor={(next) => {
        if (drag.current === null) setAnchor(null);
        else drag.current.to = next;
        look(next);
      }}
      ringed={null}
      testId={props.testId}
      numberWidth={13}
      absent="not there"
      painting={{
        isChosen: (cell) => anchor !== null && chosen(cell),
        onPress: (cell) => {
          drag.current = { from: cell, to: cell };
          setAnchor(cell);
          look(cell);
        },
        onFocus: look,
        onExtend: (cell) => {
          setAnchor(anchor ?? cursor);
          look(cell);
        },
        onKey: (key) => {
          if (/^[2-8]$/.test(key)) paint(chosen, Number(key));
          else if (key === "Delete" || key === "Backspace" || key === "0") paint(chosen, "own");
          else if (key === "Enter" || key === " ") paint(chosen, "brush");
          else return false;
          return true;
        },
      }}
    />
  );
}

function rectangle(a: Cursor, b: Cursor): (cell: Cursor) => boolean {
  const between = (value: number, from: number, to: number): boolean => value >= Math.min(from, to) && value <= Math.max(from, to);
  return ({ row, column }) => between(row, a.row, b.row) && between(column, a.column, b.column);
}

/** Fewer bits are darker; what rules changed has a dashed ring. */
function heatCell({ layer, sites, bits, isChanged, text }: BitCell): HeatCell {
  return {
    name: `${layer} ${sites.join(" ")}`,
    level: bits === null ? 0 : (8 - bits) / 6,
    short: bits === null ? "f" : String(bits),
    text,
    isRinged: isChanged,
  };
}
