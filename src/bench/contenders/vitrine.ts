import { fromBytes } from "../../formats/byte-source.ts";
import { openGpu } from "../../gpu/device.ts";
import { chooseExecution, executionLabel } from "../../runner/choose-execution.ts";
import { integerObstacle } from "../../runner/integer-obstacle.ts";
import { openModel } from "../../runner/open-model.ts";
import { arenaBytes, constantBytes } from "../../runner/plan.ts";
import { createGpuSession } from "../../runner/session.ts";
import { tensor } from "../../tensor/tensor.ts";
import { LeftOut, type OpenContender } from "./contender.ts";

/** Our own engine, from the files of a model or a package to a warm session. */
export const openVitrine: OpenContender = async (info, manifest, host, phase) => {
  const form = info.ours ?? "float";
  const paths = manifest.ours[form];
  if (paths === undefined) throw new LeftOut(manifest.absent[form] ?? `the model has no ${form} form`);
  if (info.needsF16) await refuseF16(host.gpu);
  const sources = await phase("read", () => Promise.all(paths.map(async (path) => fromBytes(await host.read(manifest.key, path), path))));
  const graph = await phase("parse", async () => (await openModel(sources)).build());
  const gpu = await phase("device", () => openGpu(host.gpu));
  const mode = form === "float" ? "float" : "integer";
  // Float models have no integer products to choose an execution for.
  const execution = mode === "float" ? "f32" : await phase("choose kernels", () => chooseExecution(gpu));
  const obstacle = mode === "integer" ? integerObstacle(graph) : null;
  if (obstacle !== null) throw new LeftOut(`no integer execution: ${obstacle}`);
  const session = createGpuSession(gpu, graph, { mode, execution });
  const plan = await phase("upload and compile", () => session.prepare(1));
  return {
    async run(pixels, images) {
      return (await session.run(tensor([images, ...manifest.inputShape], pixels))).logits.data;
    },
    facts: {
      planDispatches: plan.steps.length,
      arenaBytes: arenaBytes(plan),
      weightBytes: constantBytes(plan),
      ...(mode === "integer" ? { integerExecution: executionLabel(execution) } : {}),
    },
    close() {
      session.destroy();
      gpu.device.destroy();
      return Promise.resolve();
    },
  };
};

async function refuseF16(gpu: GPU | undefined): Promise<never> {
  const adapter = await gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter?.features.has("shader-f16")) throw new LeftOut("the adapter has no shader-f16");
  throw new LeftOut("the engine has no f16 execution");
}
