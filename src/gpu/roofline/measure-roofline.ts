import barrierCode from "#shaders/probes/barrier.wgsl?raw";
import exp2Code from "#shaders/probes/exp2.wgsl?raw";
import fmaCode from "#shaders/probes/fma.wgsl?raw";
import packedDotCode from "#shaders/probes/packed-dot.wgsl?raw";
import readCode from "#shaders/probes/read.wgsl?raw";
import { throwIfCancelled, type Job } from "../../tensor/progress.ts";
import type { Gpu } from "../device.ts";
import type { Constants } from "../kernel.ts";
import { openProbe, type Probe } from "./probe.ts";
import type { Roofline } from "./roofline.ts";

/** Another text measures something else. */
export const probeCode = [barrierCode, exp2Code, fmaCode, packedDotCode, readCode].join("\n");

/** A probe's work grows until it takes this long, so that the clock's grain and the submit are small beside it. */
const ENOUGH_SECONDS = 5e-3;
const MAX_STEPS = 2 ** 20;
/** On a software adapter a submit of so many takes a tenth of a second: a busy machine, whose clock shows anything, must not be asked for more. */
const SOFTWARE_MAX_STEPS = 2 ** 10;
const SAMPLES = 3;
/** On a software adapter a dispatch takes as long as everything on a GPU, and nobody ranks by its limits. */
const SOFTWARE_SAMPLES = 2;
const INVOCATIONS = 64;
/** Seven at most: for progress. */
const PROBES = 7;
const PACKED_DOT = "packed_4x8_integer_dot_product";

/**
 * Every probe by itself, the best of some: made to take under half a second on a GPU, a few on a software adapter. Nothing else should run on the device meanwhile.
 * Throws the AbortError of `job.signal`.
 */
export async function measureRoofline({ device, isSoftware, languageFeatures }: Gpu, job?: Job): Promise<Roofline> {
  const startMs = performance.now();
  const groups = isSoftware ? 16 : 4096;
  const samples = isSoftware ? SOFTWARE_SAMPLES : SAMPLES;
  const maxSteps = isSoftware ? SOFTWARE_MAX_STEPS : MAX_STEPS;
  let done = 0;
  const using = async <T>(name: string, code: string, constants: Constants, seedBytes: number, act: (probe: Probe) => Promise<T>) => {
    throwIfCancelled(job);
    job?.onProgress?.({ stage: "measuring the adapter's limits", done: done++, total: PROBES });
    const probe = await openProbe(device, name, code, constants, groups, seedBytes);
    try {
      return await act(probe);
    } finally {
      probe.destroy();
    }
  };
  const rate = (name: string, code: string, perStep: number, seedBytes = 0) =>
    using(
      name,
      code,
      {},
      seedBytes,
      async (probe) => (perStep * INVOCATIONS * groups) / (await secondsPerStep(probe, groups, samples, maxSteps)),
    );
  const perBarrierStep = (barrier: 0 | 1) =>
    using("barrier", barrierCode, { BARRIER: barrier }, 0, (probe) => secondsPerStep(probe, groups, samples, maxSteps));

  const fmaPerSecond = await rate("fma", fmaCode, 512);
  const packedDotPerSecond = languageFeatures.has(PACKED_DOT) ? await rate("packed-dot", packedDotCode, 512) : null;
  const exp2PerSecond = await rate("exp2", exp2Code, 32);
  const readBytesPerSecond = await rate("read", readCode, 256, isSoftware ? 2 ** 23 : 2 ** 26);
  const barrierSeconds = Math.max(0, (await perBarrierStep(1)) - (await perBarrierStep(0))) / groups;
  const { dispatchSeconds, submitSeconds } = await using("empty", fmaCode, {}, 0, async (probe) => {
    const many = isSoftware ? 101 : 401;
    const one = await best(samples, () => probe.seconds(1, 0));
    const all = await best(samples, () => probe.seconds(1, 0, many));
    return { submitSeconds: one, dispatchSeconds: Math.max(0, all - one) / (many - 1) };
  });
  const readbackSeconds = await median(4 * samples, () => readback(device));
  return {
    fmaPerSecond,
    packedDotPerSecond,
    exp2PerSecond,
    readBytesPerSecond,
    barrierSeconds,
    dispatchSeconds,
    submitSeconds,
    readbackSeconds,
    elapsedMs: performance.now() - startMs,
    isSoftware,
  };
}

/** Seconds that one more step of every invocation takes: what a submit costs without any drops out. */
async function secondsPerStep(probe: Probe, groups: number, samples: number, maxSteps: number): Promise<number> {
  const none = await best(samples, () => probe.seconds(groups, 0));
  let steps = 16;
  while (steps < maxSteps && (await probe.seconds(groups, steps)) - none < ENOUGH_SECONDS) steps *= 2;
  const all = await best(samples, () => probe.seconds(groups, steps));
  // Where the submit cannot be told from the work, nothing is taken off: a limit that is too low rather than one that no adapter has.
  const net = all - none;
  return (net > all / 4 ? net : all) / steps;
}

async function best(samples: number, measure: () => Promise<number>): Promise<number> {
  let least = Infinity;
  for (let i = 0; i < samples; i++) least = Math.min(least, await measure());
  return least;
}

async function median(count: number, measure: () => Promise<number>): Promise<number> {
  const samples: number[] = [];
  for (let i = 0; i < count; i++) samples.push(await measure());
  return samples.sort((a, b) => a - b)[samples.length >> 1];
}

async function readback(device: GPUDevice): Promise<number> {
  const source = device.createBuffer({ label: "readback", size: 16, usage: GPUBufferUsage.COPY_SRC });
  const staging = device.createBuffer({ label: "readback", size: 16, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const startMs = performance.now();
  const encoder = device.createCommandEncoder({ label: "readback" });
  encoder.copyBufferToBuffer(source, 0, staging, 0, 16);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  const seconds = (performance.now() - startMs) / 1000;
  source.destroy();
  staging.destroy();
  return seconds;
}
