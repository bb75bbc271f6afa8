import type { Gpu } from "../../gpu/device.ts";
import type { Roofline } from "../../gpu/roofline/roofline.ts";
import { INPUT, type Graph } from "../../graph/graph.ts";
import { throwIfCancelled, type Job } from "../../tensor/progress.ts";
import { elementCount } from "../../tensor/tensor.ts";
import { createConstantBuffers } from "../constant-buffers.ts";
import { createGpuExecutor } from "../gpu-executor.ts";
import { makePlan } from "../make-plan.ts";
import { attentionFormOf, type SessionOptions } from "../session.ts";
import { defaultChoices } from "../tune/gemm-rungs.ts";
import { profileOf, type Profile } from "./profile.ts";

export interface ProfileRequest extends Omit<SessionOptions, "maxImages"> {
  /** Batch size of the plan. */
  readonly images: number;
  /** The adapter's own limits, for "percent of floor"; measureRoofline() gives them. */
  readonly roofline: Roofline | null;
}

/** Whole forwards to time. */
const FORWARDS = 5;

/**
 * Time every step of a forward on this adapter, with buffers of its own: about a second on a GPU, some forwards' time on a software adapter.
 * Throws InputError MODEL_TOO_LARGE or OUT_OF_MEMORY, and the AbortError of `job.signal`.
 */
export async function profileModel(gpu: Gpu, graph: Graph, request: ProfileRequest, job?: Job): Promise<Profile> {
  const { images, roofline, mode, execution, attention = attentionFormOf(gpu), gemm = defaultChoices(gpu.isSoftware) } = request;
  const plan = makePlan(graph, { mode, execution, attention, gemm, images, taps: [], constants: new Map() });
  const constants = createConstantBuffers(gpu);
  try {
    constants.upload(plan.constants);
    const executor = await createGpuExecutor(gpu, plan, constants);
    try {
      const pixels = new Float32Array(images * elementCount(graph.inputShape));
      for (let i = 0; i < pixels.length; i++) pixels[i] = (i % 251) / 125 - 1;
      await executor.run({ [INPUT]: pixels }, false);
      let forwardMs = Infinity;
      for (let i = 0; i < (gpu.isSoftware ? 1 : FORWARDS); i++) {
        throwIfCancelled(job);
        const startMs = performance.now();
        await executor.run({ [INPUT]: pixels }, false);
        forwardMs = Math.min(forwardMs, performance.now() - startMs);
      }
      const times = await executor.timeSteps(job);
      return profileOf(plan, times, { isSoftware: gpu.isSoftware, forwardMs, roofline });
    } finally {
      executor.destroy();
    }
  } finally {
    constants.destroy();
  }
}
