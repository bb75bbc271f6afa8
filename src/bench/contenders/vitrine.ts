import { fromBytes } from "../../formats/byte-source.ts";
import { openGpu } from "../../gpu/device.ts";
import { chooseExecution, executionLabel } from "../../runner/choose-execution.ts";
import { integerObstacle } from "../../runner/integer-obstacle.ts";
import { openModel } from "../../runner/open-model.ts";
import { arenaBytes, constantBytes } from "../../runner/plan.ts";
import { createGpuSession, type SessionOptions } from "../../runner/session.ts";
import { tensor } from "../../tensor/tensor.ts";
import { LeftOut, type Facts, type LoadedModel, type OpenContender } from "./contender.ts";
import { profileKernels } from "./profile-kernels.ts";
import { tuneKernels } from "./tune-kernels.ts";

/**
 * Our own engine, from the files of a model or a package to a warm session. Cold it is a first visit, with the kernels that nothing was measured for; `tune` makes
 * of it what a later visit has. Software adapters keep the defaults, which were chosen from measurements.
 */
export const openVitrine: OpenContender = (info, manifest, host, phase) => openTunedBy(tuneKernels, info, manifest, host, phase);

/** `choose`: measures and chooses the kernels. */
export async function openTunedBy(
  choose: typeof tuneKernels,
  ...[info, manifest, host, phase]: Parameters<OpenContender>
): Promise<LoadedModel> {
  const form = info.ours ?? "float";
  const paths = manifest.ours[form];
  if (paths === undefined) throw new LeftOut(manifest.absent[form] ?? `the model has no ${form} form`);
  const sources = await phase("read", () => Promise.all(paths.map(async (path) => fromBytes(await host.read(manifest.key, path), path))));
  const graph = await phase("parse", async () => (await openModel(sources)).build());
  const gpu = await phase("device", () => openGpu(host.gpu));

  const load = async (): Promise<LoadedModel> => {
    const mode = form === "float" ? "float" : "integer";
    const obstacle = mode === "integer" ? integerObstacle(graph) : null;
    if (obstacle !== null) throw new LeftOut(`no integer execution: ${obstacle}`);
    // Float models have no integer products to choose an execution for.
    const execution = mode === "float" ? "f32" : await phase("choose kernels", () => chooseExecution(gpu));
    const { storage = "f32" } = info;
    let options: SessionOptions = { mode, execution, precision: storage };
    let session = createGpuSession(gpu, graph, options);
    // In f16 the adapter's own check of the kernels is part of it.
    let plan = await phase("upload and compile", () => session.prepare(1));
    const { weightsMs = 0, kernelsMs = 0 } = session.preparation() ?? {};
    const cold: Facts = { uploadedAfterMs: Math.round(weightsMs), compiledAfterMs: Math.round(kernelsMs) };
    let tuned: Facts = {};
    return {
      async run(pixels, images) {
        return (await session.run(tensor([images, ...manifest.inputShape], pixels))).logits.data;
      },
      get facts() {
        return {
          planDispatches: plan.steps.length,
          arenaBytes: arenaBytes(plan),
          weightBytes: constantBytes(plan),
          ...cold,
          ...(mode === "integer" ? { integerExecution: executionLabel(execution) } : {}),
          ...tuned,
        };
      },
      async tune(batches) {
        if (gpu.isSoftware) return;
        session.destroy();
        const { choices, facts } = await choose(host.gpu, { graph, mode, execution, precision: storage }, batches);
        const startMs = performance.now();
        options = { ...options, gemm: choices };
        session = createGpuSession(gpu, graph, options);
        plan = await session.prepare(1);
        tuned = { ...facts, reopeningMs: Math.round(performance.now() - startMs) };
      },
      profile: () => profileKernels(gpu, graph, options),
      close() {
        session.destroy();
        gpu.device.destroy();
        return Promise.resolve();
      },
    };
  };

  try {
    return await load();
  } catch (error) {
    gpu.device.destroy();
    throw error;
  }
}
