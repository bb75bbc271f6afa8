import type { Roofline } from "../../gpu/roofline/roofline.ts";
import type { StepWork } from "./step-work.ts";

/** The least time that an adapter can take for a step. */
export interface Floor {
  readonly seconds: number;
  /** What it is bound by: its largest part. */
  readonly bound: "arithmetic" | "memory" | "dispatch";
}

/**
 * max(arithmetic, memory) + one dispatch: arithmetic and memory overlap, dispatches do not. Integers that an adapter multiplies faster as f32 than by packed dots
 * (or has no packed dots for) count at the f32 rate, since the step could have run so.
 */
export function floorOf({ fma, packedDot, exp2, bytes }: StepWork, roofline: Roofline): Floor {
  const dotRate = Math.max(roofline.packedDotPerSecond ?? 0, roofline.fmaPerSecond);
  const arithmetic = fma / roofline.fmaPerSecond + packedDot / dotRate + exp2 / roofline.exp2PerSecond;
  const memory = bytes / roofline.readBytesPerSecond;
  const work = Math.max(arithmetic, memory);
  const bound = roofline.dispatchSeconds > work ? "dispatch" : arithmetic >= memory ? "arithmetic" : "memory";
  return { seconds: work + roofline.dispatchSeconds, bound };
}

/** How near a measured time is to the floor: 100 where nothing could be faster. */
export function percentOfFloor(measuredSeconds: number, floor: Floor): number {
  return (100 * floor.seconds) / measuredSeconds;
}
