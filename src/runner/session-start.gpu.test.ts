import { expect, test } from "vitest";
import { pipelineCount } from "../gpu/pipelines.ts";
import { nodeGpu } from "../testing/node-gpu-bundle.ts";
import { randomPixels, randomVit } from "../testing/random-vit.ts";
import { createGpuSession } from "./session.ts";

const graph = randomVit({ image: 16, patch: 4, dim: 24, depth: 1, heads: 3, mlp: 40, classes: 10, seed: 1 });

// Were one of them waited for before the next is begun, or were weights waited for before compiling, nothing would ever end.
test("pipelines compile side by side, and while weights are packed and uploaded", async () => {
  const gpu = await nodeGpu();
  const pending: (() => void)[] = [];
  let weightsAreThere = false;
  let atOnce = 0;
  const release = () => {
    if (!weightsAreThere || pending.length < pipelineCount(device)) return;
    atOnce = pending.length;
    for (const go of pending.splice(0)) go();
  };
  const device: GPUDevice = new Proxy(gpu.device, {
    get(target, name) {
      if (name === "createComputePipelineAsync")
        return async (descriptor: GPUComputePipelineDescriptor) => {
          await new Promise<void>((resolve) => {
            pending.push(resolve);
            release();
          });
          return target.createComputePipelineAsync(descriptor);
        };
      if (name === "createBuffer")
        return (descriptor: GPUBufferDescriptor) => {
          if (/weight/.test(descriptor.label ?? "")) weightsAreThere = true;
          release();
          return target.createBuffer(descriptor);
        };
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  });
  const stages = new Map<string, number>();
  const session = createGpuSession({ ...gpu, device }, graph, { mode: "float", execution: "f32" });
  const plan = await session.prepare(1, [], { onProgress: ({ stage, done }) => void stages.set(stage, done) });
  expect(atOnce).toBe(new Set(plan?.steps.map(({ kernel, constants }) => `${kernel} ${JSON.stringify(constants)}`)).size);
  expect(stages.get("loading weights, compiling kernels")).toBeGreaterThan(0);
  expect((await session.run(randomPixels(1, 16, 1))).logits.data.every(Number.isFinite)).toBe(true);
  session.destroy();
}, 30_000);
