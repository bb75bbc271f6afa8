import type { Gpu } from "../../gpu/device.ts";
import { pipelineCount } from "../../gpu/pipelines.ts";
import type { Roofline } from "../../gpu/roofline/roofline.ts";
import { INPUT, type Graph } from "../../graph/graph.ts";
import { parallelJobs, throwIfCancelled, type Job } from "../../tensor/progress.ts";
import { elementCount } from "../../tensor/tensor.ts";
import { checkHalves } from "../check-halves.ts";
import { createConstantBuffers } from "../constant-buffers.ts";
import { compilePlan, createGpuExecutor, submitEnds } from "../gpu-executor.ts";
import { makePlan } from "../make-plan.ts";
import { packConstants } from "../pack-constants.ts";
import type { ConstantArray } from "../plan.ts";
import { attentionFormOf, type SessionOptions } from "../session.ts";
import { defaultChoices } from "../tune/gemm-rungs.ts";
import { profileOf, type Profile } from "./profile.ts";

export interface ProfileRequest extends Omit<SessionOptions, "maxImages"> {
  /** Batch size of the plan. */
  readonly images: number;
  /** The adapter's own limits, for "percent of floor"; measureRoofline() gives them. */
  readonly roofline: Roofline | null;
}

/** Whole warm forwards to time. */
const FORWARDS = 15;
const SOFTWARE_FORWARDS = 3;

/**
 * Time the way to the first result, whole forwards, and every step of one on this adapter, with buffers of its own: about a second on a GPU, some forwards'
 * time on a software adapter. Throws InputError MODEL_TOO_LARGE, OUT_OF_MEMORY or HALF_WRONG, and the AbortError of `job.signal`.
 */
export async function profileModel(gpu: Gpu, graph: Graph, request: ProfileRequest, job?: Job): Promise<Profile> {
  const {
    images,
    roofline,
    mode,
    execution,
    precision = "f32",
    prologue,
    attention = attentionFormOf(gpu, mode),
    gemm = defaultChoices(gpu),
  } = request;
  const startMs = performance.now();
  const sinceStart = () => performance.now() - startMs;
  const constants = new Map<string, ConstantArray>();
  const pending = new Map<string, () => ConstantArray>();
  const plan = makePlan(graph, {
    mode,
    execution,
    precision,
    ...(prologue ? { prologue } : {}),
    attention,
    gemm,
    images,
    taps: [],
    constants,
    pending,
  });
  const planMs = sinceStart();
  const buffers = createConstantBuffers(gpu);
  try {
    const compiledBefore = pipelineCount(gpu.device);
    const { weights, kernels } = parallelJobs(job, "loading weights, compiling kernels", ["weights", "kernels"]);
    const compiling = compilePlan(gpu, plan, kernels).then(sinceStart);
    const packing = packConstants(constants, pending, weights).then(() => buffers.upload(constants));
    const [compiledMs, uploadedMs] = await Promise.all([compiling, packing.then(() => buffers.allocated()).then(sinceStart)]);
    const pipelinesCompiled = pipelineCount(gpu.device) - compiledBefore;
    if (precision === "f16") await checkHalves(gpu, plan);
    const executor = await createGpuExecutor(gpu, plan, buffers);
    try {
      const pixels = new Float32Array(images * elementCount(graph.inputShape));
      for (let i = 0; i < pixels.length; i++) pixels[i] = (i % 251) / 125 - 1;
      const forward = async () => {
        const forwardMs = performance.now();
        await executor.run({ [INPUT]: pixels }, false);
        return performance.now() - forwardMs;
      };
      const firstRunMs = await forward();
      const cold = { planMs, weightsMs: uploadedMs - planMs, compileMs: compiledMs - planMs, pipelinesCompiled, firstRunMs };
      const totalMs = sinceStart();
      const warmMs: number[] = [];
      const total = gpu.isSoftware ? SOFTWARE_FORWARDS : FORWARDS;
      for (let done = 0; done < total; done++) {
        throwIfCancelled(job);
        job?.onProgress?.({ stage: "running whole forwards", done, total });
        warmMs.push(await forward());
      }
      const times = await executor.timeSteps(job);
      const facts = {
        isSoftware: gpu.isSoftware,
        cold: { ...cold, totalMs },
        warmMs,
        weightBytes: buffers.sizeBytes(),
        submits: submitEnds(gpu, plan).length,
        roofline,
      };
      return { ...profileOf(plan, times, facts), ...(precision === "f32" ? {} : { precision }) };
    } finally {
      executor.destroy();
    }
  } finally {
    buffers.destroy();
  }
}
