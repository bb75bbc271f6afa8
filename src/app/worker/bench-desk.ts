/** Measures the adapter on the models that are open: which kernels are fastest, and where a forward spends its time. */
import { onCurrentGpu, type GpuOf } from "../../gpu/current-gpu.ts";
import type { Graph } from "../../graph/graph.ts";
import { chooseExecution } from "../../runner/choose-execution.ts";
import { COMPARED_BATCH } from "../../runner/compare.ts";
import { describeAdapter } from "../../runner/describe-adapter.ts";
import { modeOf } from "../../runner/integer-obstacle.ts";
import { profileModel } from "../../runner/profile/profile-model.ts";
import { PROFILE_SCHEMA, type ProfileReport } from "../../runner/profile/profile-report.ts";
import { maxImagesOf } from "../../runner/session.ts";
import { tuneAdapter, type AdapterTuning } from "../../runner/tune/adapter-tuning.ts";
import type { Tunings } from "../../runner/tune/tune-store.ts";
import { InputError } from "../../tensor/input-error.ts";
import type { Job } from "../../tensor/progress.ts";
import type { BenchRequest } from "./bench-api.ts";

export interface BenchDesk {
  /** The quantized model of the last comparison; null: there is none. */
  hold(quantized: Graph | null): void;
  /** `float`: the open model without quantizers; `own`: with them, where it came quantized. */
  tune(request: BenchRequest, models: OpenGraphs, job: Job): Promise<AdapterTuning>;
  profile(request: BenchRequest, models: OpenGraphs, job: Job): Promise<ProfileReport>;
}

export interface OpenGraphs {
  readonly float: Graph;
  readonly own: Graph | null;
}

export function createBenchDesk(device: GpuOf, tunings: Tunings): BenchDesk {
  let quantized: Graph | null = null;

  function chosen({ model }: BenchRequest, { float, own }: OpenGraphs) {
    if (model !== "quantized") return { graph: float, mode: "float", precision: model === "float16" ? "f16" : "f32" } as const;
    const graph = quantized ?? own;
    if (graph === null) throw nothingQuantized();
    return { graph, mode: modeOf(graph) } as const;
  }

  return {
    hold(graph) {
      quantized = graph;
    },
    tune: (request, models, job) =>
      onCurrentGpu(
        device,
        async (gpu) => {
          const execution = await chooseExecution(gpu);
          // In a comparison, activations are read back image by image, and everything else runs in batches.
          const batches = [...new Set([request.images, 1, Math.min(COMPARED_BATCH, maxImagesOf(gpu))])];
          const tuning = await tuneAdapter(
            gpu,
            { ...chosen(request, models), execution, batches },
            { known: await tunings.load(gpu) },
            job,
          );
          await tunings.save(gpu, tuning);
          return tuning;
        },
        job,
      ),
    profile: (request, models, job) =>
      onCurrentGpu(
        device,
        async (gpu) => {
          const execution = await chooseExecution(gpu);
          const tuning = await tunings.load(gpu);
          const { graph, ...form } = chosen(request, models);
          const { images } = request;
          const roofline = tuning?.roofline ?? null;
          const gemm = tuning ? { gemm: tuning.gemm.choices } : {};
          const profile = await profileModel(gpu, graph, { ...form, execution, images, roofline, ...gemm }, job);
          const env = { adapter: describeAdapter(gpu, execution, tuning), runtime: navigator.userAgent };
          return { schema: PROFILE_SCHEMA, ...profile, roofline, env, date: new Date().toISOString() };
        },
        job,
      ),
  };
}

function nothingQuantized(): InputError {
  return new InputError("RUN_GONE", {
    what: "There is no quantized model to measure.",
    why: "The engine holds the models of its last run only.",
    next: "Quantize and compare first, then measure it.",
  });
}
