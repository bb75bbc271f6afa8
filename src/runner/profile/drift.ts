/** Fewer leave one run in a quarter. */
const LEAST_RUNS = 8;

/** Of times in the order in which they were taken. */
export function driftOf(timesMs: readonly number[]): number | null {
  if (timesMs.length < LEAST_RUNS) return null;
  const quarter = timesMs.length >> 2;
  const middle = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1];
  const first = middle(timesMs.slice(0, quarter));
  return first > 0 ? middle(timesMs.slice(-quarter)) / first - 1 : null;
}

/** As a share; less is what any machine does. */
export const NOTED_DRIFT = 0.1;
