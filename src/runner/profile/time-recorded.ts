/** GPU time of dispatches one by one. */
import { createDeviceClock, type DeviceClock } from "../../gpu/device-clock.ts";
import { recordStep, type RecordedStep } from "../../gpu/recorded-step.ts";
import { throwIfCancelled, type Job } from "../../tensor/progress.ts";

export interface StepTime {
  readonly seconds: number;
  /** Dispatches that the time is the mean of. */
  readonly repeats: number;
}

export interface StepTimes {
  readonly clock: DeviceClock["kind"];
  readonly steps: readonly StepTime[];
}

/** Browsers round timestamps to 100 microseconds: a step is repeated until it takes many of these. */
const ENOUGH_SECONDS = 2e-3;
/** For what takes two microseconds and less. */
const MAX_REPEATS = 1024;

/** Each step by itself, warm, in order. A step writes none of what it reads, so repeating it changes nothing. `clock`: the device's, for tests another. */
export async function timeRecorded(
  device: GPUDevice,
  steps: readonly RecordedStep[],
  job?: Job,
  clock: DeviceClock = createDeviceClock(device),
): Promise<StepTimes> {
  const measure = async (step: RecordedStep, repeats: number) => (await clock.seconds((pass) => recordStep(pass, step, repeats))) / repeats;
  const times: StepTime[] = [];
  try {
    for (const step of steps) {
      throwIfCancelled(job);
      job?.onProgress?.({ stage: "timing kernels", done: times.length, total: steps.length });
      // A first reading may be one grain of the clock or none: what it promises is measured, until it is enough.
      let repeats = 1;
      let seconds = await measure(step, repeats);
      while (seconds * repeats < ENOUGH_SECONDS && repeats < MAX_REPEATS) {
        repeats = Math.min(MAX_REPEATS, Math.max(2 * repeats, Math.ceil(ENOUGH_SECONDS / Math.max(seconds, 1e-4))));
        seconds = await measure(step, repeats);
      }
      times.push({ seconds, repeats });
    }
  } finally {
    clock.destroy();
  }
  return { clock: clock.kind, steps: times };
}
