/** GPU time of dispatches one by one. */
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
  /** "timestamps": the GPU's own clock. "wall": submit to completion, seen from here, so that every step has the cost of a submit in it. */
  readonly clock: "timestamps" | "wall";
  readonly steps: readonly StepTime[];
}

/** Browsers round timestamps to 100 microseconds: a step is repeated until it takes many of these. */
const ENOUGH_SECONDS = 2e-3;
const MAX_REPEATS = 100;

/** Each step by itself, warm, in order. A step writes none of what it reads, so repeating it changes nothing. */
export async function timeRecorded(device: GPUDevice, steps: readonly RecordedStep[], job?: Job): Promise<StepTimes> {
  const clock = device.features.has("timestamp-query") ? timestampClock(device) : null;
  const measure = clock?.measure ?? ((step: RecordedStep, repeats: number) => wallSeconds(device, step, repeats));
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
    clock?.destroy();
  }
  return { clock: clock ? "timestamps" : "wall", steps: times };
}

function encode(encoder: GPUCommandEncoder, { pipeline, bindGroup, grid }: RecordedStep, repeats: number, descriptor = {}): void {
  const pass = encoder.beginComputePass(descriptor);
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  for (let i = 0; i < repeats; i++) pass.dispatchWorkgroups(...grid);
  pass.end();
}

async function wallSeconds(device: GPUDevice, step: RecordedStep, repeats: number): Promise<number> {
  const startMs = performance.now();
  const encoder = device.createCommandEncoder();
  encode(encoder, step, repeats);
  device.queue.submit([encoder.finish()]);
  await device.queue.onSubmittedWorkDone();
  return (performance.now() - startMs) / 1e3 / repeats;
}

function timestampClock(device: GPUDevice) {
  const querySet = device.createQuerySet({ type: "timestamp", count: 2 });
  const resolved = device.createBuffer({ label: "timestamps", size: 16, usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC });
  const staging = device.createBuffer({ label: "timestamps", size: 16, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  return {
    async measure(step: RecordedStep, repeats: number): Promise<number> {
      const encoder = device.createCommandEncoder();
      encode(encoder, step, repeats, { timestampWrites: { querySet, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 } });
      encoder.resolveQuerySet(querySet, 0, 2, resolved, 0);
      encoder.copyBufferToBuffer(resolved, 0, staging, 0, 16);
      device.queue.submit([encoder.finish()]);
      await staging.mapAsync(GPUMapMode.READ);
      const [start, end] = new BigUint64Array(staging.getMappedRange());
      staging.unmap();
      return Number(end - start) / 1e9 / repeats;
    },
    destroy() {
      querySet.destroy();
      resolved.destroy();
      staging.destroy();
    },
  };
}
