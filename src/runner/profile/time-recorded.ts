/** GPU time of dispatches one by one. */
import { createDeviceClock, type DeviceClock } from "../../gpu/device-clock.ts";
import { throwIfCancelled, type Job } from "../../tensor/progress.ts";

/** A dispatch ready to be made. */
export interface RecordedStep {
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly grid: readonly [number, number, number];
}

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
const MAX_REPEATS = 100;

/** Each step by itself, warm, in order. A step writes none of what it reads, so repeating it changes nothing. */
export async function timeRecorded(device: GPUDevice, steps: readonly RecordedStep[], job?: Job): Promise<StepTimes> {
  const clock = createDeviceClock(device);
  const measure = async (step: RecordedStep, repeats: number) => (await clock.seconds((pass) => record(pass, step, repeats))) / repeats;
  const times: StepTime[] = [];
  try {
    for (const step of steps) {
      throwIfCancelled(job);
      job?.onProgress?.({ stage: "timing kernels", done: times.length, total: steps.length });
      const once = await measure(step, 1);
      const repeats = Math.min(MAX_REPEATS, Math.ceil(ENOUGH_SECONDS / Math.max(once, 1e-6)));
      times.push({ seconds: repeats <= 1 ? once : await measure(step, repeats), repeats });
    }
  } finally {
    clock.destroy();
  }
  return { clock: clock.kind, steps: times };
}

function record(pass: GPUComputePassEncoder, { pipeline, bindGroup, grid }: RecordedStep, repeats: number): void {
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  for (let i = 0; i < repeats; i++) pass.dispatchWorkgroups(...grid);
}
