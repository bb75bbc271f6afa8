/** Grid search over everything that a scheme can choose, times some ranges: the candidate with the smallest squared error of the values wins. */
import type { Observer } from "./observer.ts";
import { rankFits, USUAL_RANGES, type RangeCandidates } from "./rank-fits.ts";

export function gridMse(ranges: RangeCandidates = USUAL_RANGES, name = "grid, smallest mean squared error"): Observer {
  return {
    name,
    observe(values, target) {
      const [{ error, ...best }, second] = rankFits(values, target, 2, ranges);
      const gap = second === undefined ? Number.POSITIVE_INFINITY : second.error === error ? 0 : (second.error - error) / error;
      return { ...best, gap };
    },
  };
}
