/** How fluent a page is while it scrolls: frames and long tasks. */
import type { Page } from "@playwright/test";

export interface Fluency {
  readonly framesMs: readonly number[];
  readonly longTasksMs: readonly number[];
}

export interface Scrolling {
  readonly durationMs: number;
  /** Ends as soon as nothing in the page matches it. */
  readonly whileSeen?: string;
  /** What scrolls; the page where absent. */
  readonly box?: string;
  /** Pixels a frame, up and down by turns. */
  readonly step?: number;
}

export function measureFrames(page: Page, { durationMs, whileSeen = "body", box = "html", step = 12 }: Scrolling): Promise<Fluency> {
  return page.evaluate(
    async ([duration, seen, scrolled, pixels]) => {
      const longTasksMs: number[] = [];
      const observer = new PerformanceObserver((list) => list.getEntries().forEach((entry) => longTasksMs.push(entry.duration)));
      observer.observe({ type: "longtask" });
      const framesMs: number[] = [];
      let last = performance.now();
      const end = last + duration;
      while (last < end && document.querySelector(seen) !== null) {
        await new Promise(requestAnimationFrame);
        const now = performance.now();
        framesMs.push(now - last);
        last = now;
        document.querySelector(scrolled)?.scrollBy(0, framesMs.length % 120 < 60 ? pixels : -pixels);
      }
      observer.disconnect();
      return { longTasksMs, framesMs };
    },
    [durationMs, whileSeen, box, step] as const,
  );
}

export const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
export const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Infinity;
