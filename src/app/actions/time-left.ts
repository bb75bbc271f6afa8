import type { Progress } from "../../tensor/progress.ts";

/**
 * Seconds left from the pace so far. A new phase (another total, or a count that falls) starts the measurement anew.
 * Says nothing during the first second, when any guess would be wild.
 */
export function createTimeLeft(nowMs: () => number): (progress: Progress) => number | null {
  let start: { atMs: number; done: number; total: number } | null = null;
  let lastDone = 0;
  return ({ done, total }) => {
    const atMs = nowMs();
    if (start === null || start.total !== total || done < lastDone) start = { atMs, done, total };
    lastDone = done;
    const elapsedMs = atMs - start.atMs;
    const finished = done - start.done;
    if (elapsedMs < 1000 || finished <= 0 || done > total) return null;
    return ((elapsedMs / finished) * (total - done)) / 1000;
  };
}
