/** Which of the given images calibrate and which are judged: by a rule that anybody can repeat from the count, the seed and two numbers. */
import { seededRandom } from "../../tensor/random.ts";

export interface SplitRule {
  /** As given (files sorted by name), or shuffled with `seed`. */
  readonly order: "given" | "shuffled";
  readonly seed: number;
  /** At most this many calibrate. */
  readonly calibrationCount: number;
  /** At most this many are judged. */
  readonly evaluationCount: number;
  /** Images of unusual sizes (src/images/unusual-image.ts) are used too; left out where absent. */
  readonly unusual?: "use";
}

export interface Split<T> {
  readonly calibration: readonly T[];
  readonly evaluation: readonly T[];
  /** True when there are too few to keep the two apart. */
  readonly leakage: boolean;
}

/** What most methods calibrate on. */
const USUAL_CALIBRATION = 32;
const LEAST_EVALUATED = 8;
export const DEFAULT_RULE: SplitRule = { order: "given", seed: 1, calibrationCount: 64, evaluationCount: 64 };

/** Where not all images are used, the first ones of a sorted folder are often one class: they are shuffled. */
export function defaultRule(count: number): SplitRule {
  const { calibrationCount, evaluationCount } = DEFAULT_RULE;
  return { ...DEFAULT_RULE, order: count > calibrationCount + evaluationCount ? "shuffled" : "given" };
}

/** 0 .. count - 1 in the order of the rule: Fisher-Yates on a seeded generator, the same sequence on every platform. */
export function imageOrder(count: number, { order, seed }: Pick<SplitRule, "order" | "seed">): number[] {
  const indices = Array.from({ length: count }, (_, i) => i);
  if (order === "given") return indices;
  const random = seededRandom(seed);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [indices[i], indices[j]] = [indices[j], indices[i]];
  }
  return indices;
}

/**
 * The first images calibrate, the next are judged; of what is left, some calibrate methods that want more. With too few to keep them
 * apart, the same images calibrate and are judged.
 */
export function splitImages<T>(
  images: readonly T[],
  rule: Pick<SplitRule, "calibrationCount" | "evaluationCount"> = DEFAULT_RULE,
): Split<T> {
  const { calibrationCount, evaluationCount } = rule;
  const first = Math.min(USUAL_CALIBRATION, calibrationCount);
  if (images.length < first + Math.min(LEAST_EVALUATED, evaluationCount)) {
    return { calibration: images.slice(0, first), evaluation: images.slice(0, evaluationCount), leakage: true };
  }
  const rest = first + evaluationCount;
  return {
    calibration: [...images.slice(0, first), ...images.slice(rest, rest + calibrationCount - first)],
    evaluation: images.slice(first, rest),
    leakage: false,
  };
}
