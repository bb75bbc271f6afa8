import { countCalls } from "../gpu/call-counter.ts";
import type { Gpu } from "../gpu/device.ts";
import type { Graph } from "../graph/graph.ts";
import { randomPixels, randomVit } from "../models/random-vit.ts";
import { chooseExecution, executionLabel } from "../runner/choose-execution.ts";
import { tensorSource } from "../runner/image-source.ts";
import { arenaBytes, constantBytes } from "../runner/plan.ts";
import { quantizeModel } from "../runner/quantize-model.ts";
import { createGpuSession } from "../runner/session.ts";
import { InputError } from "../tensor/input-error.ts";
import type { Job } from "../tensor/progress.ts";
import type { BenchRequest, BenchResult } from "./request.ts";
import { scenarios } from "./scenarios.ts";

/** Runs forwards of one image; what it builds on the way (weights, quantizers) is kept for the next run. */
export interface ForwardBench {
  run(request: BenchRequest, job?: Job): Promise<BenchResult>;
}

const PIXEL_SEED = 2;
const CALIBRATION_SEED = 3;

export function createForwardBench(gpu: Gpu): ForwardBench {
  const floats = new Map<string, Graph>();
  const quantized = new Map<string, Promise<Graph>>();

  const graphOf = ({ model, mode, weightBits, activationBits }: BenchRequest, job?: Job): Graph | Promise<Graph> => {
    const shape = scenarioOf(model);
    let float = floats.get(model);
    if (!float) floats.set(model, (float = randomVit(shape)));
    if (mode === "float") return float;
    const key = `${model} W${weightBits}A${activationBits}`;
    let graph = quantized.get(key);
    if (!graph) quantized.set(key, (graph = quantize(gpu, float, shape.image, { weightBits, activationBits }, job)));
    return graph;
  };

  return {
    async run(request, job) {
      const graph = await graphOf(request, job);
      const { execution } = await chooseExecution(gpu);
      const session = createGpuSession(gpu, graph, { mode: request.mode, execution });
      try {
        const plan = await session.prepare(1);
        const pixels = randomPixels(1, scenarioOf(request.model).image, PIXEL_SEED);
        await session.run(pixels);
        const elapsedMs: number[] = [];
        let counters: BenchResult["counters"] = {};
        for (let i = 0; i < request.warm; i++) {
          const startMs = performance.now();
          const counts = await countCalls(gpu.device, async () => void (await session.run(pixels)));
          elapsedMs.push(performance.now() - startMs);
          counters = { ...counts };
        }
        const { description, vendor, architecture, isSoftware } = gpu;
        return {
          elapsedMs,
          counters,
          adapter: { description, vendor, architecture, isSoftware },
          plan: { dispatches: plan.steps.length, arenaBytes: arenaBytes(plan), constantBytes: constantBytes(plan) },
          integerExecution: request.mode === "integer" ? executionLabel(execution) : null,
        };
      } finally {
        session.destroy();
      }
    },
  };
}

/** One image calibrates: the quantizers must be plausible, not good. */
async function quantize(
  gpu: Gpu,
  float: Graph,
  imageSize: number,
  bits: { readonly weightBits: number; readonly activationBits: number },
  job?: Job,
): Promise<Graph> {
  const images = tensorSource(randomPixels(1, imageSize, CALIBRATION_SEED), float.inputShape, "calibration");
  const { graph } = await quantizeModel(gpu, float, images, { recipe: "repq-vit", levels: "strict", ...bits }, job);
  return graph;
}

function scenarioOf(model: string) {
  if (Object.hasOwn(scenarios, model)) return scenarios[model];
  throw new InputError("SCENARIO_UNKNOWN", {
    what: `There is no benchmark model "${model}".`,
    why: `The models are ${Object.keys(scenarios).join(", ")}.`,
    next: "Name one of them with --model.",
  });
}
