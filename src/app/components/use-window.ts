import { useLayoutEffect, useRef, useState } from "react";
import type { RefObject } from "react";

/** Rows kept ready above and below what is in sight. */
const MARGIN_ROWS = 8;
/** CSS pixels, or a row where it is taller: the window moves by so much at once, so that most scroll events change nothing. */
const STEP = 128;

export interface RowWindow<T extends HTMLElement> {
  /** Of the element that scrolls. */
  readonly box: RefObject<T | null>;
  /** Rows from `first` up to, not including, `last` are drawn. */
  readonly first: number;
  readonly last: number;
  /** CSS pixels that the boxes before and after must take. */
  readonly before: number;
  readonly after: number;
}

/** Which of many rows of equal height are worth drawing: those in sight of a scrolling box, and a few around them. */
export function useWindow<T extends HTMLElement>(count: number, rowHeight: number): RowWindow<T> {
  const box = useRef<T>(null);
  const [view, setView] = useState({ top: 0, height: 600 });
  const step = rowHeight * Math.max(1, Math.round(STEP / rowHeight));
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const look = (): void => {
      const top = Math.floor(element.scrollTop / step) * step;
      const height = element.clientHeight;
      setView((old) => (old.top === top && old.height === height ? old : { top, height }));
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, [step]);
  const first = Math.min(Math.max(0, Math.floor(view.top / rowHeight) - MARGIN_ROWS), Math.max(0, count - 1));
  const last = Math.min(count, Math.ceil((view.top + step + view.height) / rowHeight) + MARGIN_ROWS);
  return { box, first, last, before: first * rowHeight, after: Math.max(0, count - last) * rowHeight };
}
