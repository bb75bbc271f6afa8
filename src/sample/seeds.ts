/** Which seeds are used for what. The ranges are disjoint, so no image that was trained or calibrated on is ever scored. */
import { seededRandom } from "../tensor/random.ts";
import { SAMPLE_SHAPES } from "./shapes.ts";

export const CALIBRATION_FIRST_SEED = 10_000;
export const EVALUATION_FIRST_SEED = 20_000;
/** Training uses seeds from here up; nothing else may. */
export const TRAINING_FIRST_SEED = 1_000_000;

const classCount = SAMPLE_SHAPES.length;

/** The class of a seed: every aligned run of 16 seeds shows each class once, in an order drawn from the run's number. */
export function labelOfSeed(seed: number): number {
  const run = Math.floor(seed / classCount);
  const random = seededRandom(Math.imul(run + 1, 0x85ebca6b));
  const order = Array.from({ length: classCount }, (_, i) => i);
  for (let i = classCount - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return order[seed - run * classCount] as number;
}
