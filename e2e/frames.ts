/** How fluent a page is while it scrolls: frames and long tasks. */
import type { Page } from "@playwright/test";

export interface Fluency {
  readonly framesMs: readonly number[];
  readonly longTasksMs: readonly number[];
  /** CPU time that the page's thread spends on script, style and layout: a busy machine does not inflate it. */
  readonly workMs: number;
}

export interface Scrolling {
  readonly durationMs: number;
  /** Begins when something in the page matches it, five seconds later at the latest, and ends as soon as nothing does. */
  readonly whileSeen?: string;
  /** What scrolls; the page where absent. */
  readonly box?: string;
  /** Pixels a frame, up and down by turns. */
  readonly step?: number;
}

export async function measureFrames(page: Page, { durationMs, whileSeen = "body", box = "html", step = 12 }: Scrolling): Promise<Fluency> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const workMs = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return 1000 * sum(metrics.filter(({ name }) => /^(Script|Layout|RecalcStyle)Duration$/.test(name)).map(({ value }) => value));
  };
  const before = await workMs();
  const measured = await page.evaluate(
    async ([duration, seen, scrolled, pixels]) => {
      const longTasksMs: number[] = [];
      const observer = new PerformanceObserver((list) => list.getEntries().forEach((entry) => longTasksMs.push(entry.duration)));
      observer.observe({ type: "longtask" });
      const framesMs: number[] = [];
      const asked = performance.now();
      while (document.querySelector(seen) === null && performance.now() < asked + 5000) await new Promise(requestAnimationFrame);
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
  const after = await workMs();
  await session.detach();
  return { ...measured, workMs: after - before };
}

/**
 * Frames of half a second each, as long as `whileSeen` is there and no longer than `forMs`. What else a machine does takes frames from some of them;
 * what the page itself does to its frames, it does to all.
 */
export async function measureWindows(page: Page, forMs: number, whileSeen: string): Promise<Fluency[]> {
  const windows: Fluency[] = [];
  const end = performance.now() + forMs;
  while (performance.now() < end && (windows.length === 0 || (await page.locator(whileSeen).count()) > 0)) {
    windows.push(await measureFrames(page, { durationMs: 500, whileSeen }));
  }
  return windows;
}

/** The median frame of the window with the most frames a second. */
export const bestMedian = (windows: readonly Fluency[]) => Math.min(...windows.map(({ framesMs }) => median(framesMs)));

export const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
export const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Infinity;
