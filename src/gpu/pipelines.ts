import type { Job } from "../tensor/progress.ts";
import type { Constants, Kernel } from "./kernel.ts";

const caches = new WeakMap<GPUDevice, Map<string, Promise<GPUComputePipeline>>>();

/** The compiled kernel with these constants, compiled once per device. The key is the full source plus constants, so no two variants collide. */
export function pipelineFor(device: GPUDevice, kernel: Kernel, constants: Constants): Promise<GPUComputePipeline> {
  let cache = caches.get(device);
  if (!cache) caches.set(device, (cache = new Map()));
  const key = JSON.stringify(Object.entries(constants).sort(([a], [b]) => (a < b ? -1 : 1))) + kernel.code;
  let pipeline = cache.get(key);
  if (!pipeline) cache.set(key, (pipeline = compile(device, kernel, constants)));
  return pipeline;
}

/** Once all are compiled, side by side; `job` hears of each. */
export async function allCompiled(compiling: ReadonlySet<Promise<GPUComputePipeline>>, job: Job | undefined): Promise<void> {
  let done = 0;
  const report = () => job?.onProgress?.({ stage: "compiling kernels", done: done++, total: compiling.size });
  report();
  await Promise.all([...compiling].map((pipeline) => pipeline.then(report)));
}

/** Pipelines compiled on the device so far. */
export function pipelineCount(device: GPUDevice): number {
  return caches.get(device)?.size ?? 0;
}

async function compile(device: GPUDevice, kernel: Kernel, constants: Constants): Promise<GPUComputePipeline> {
  // Opened and closed in one go, so that compilations side by side do not mix; what the scope catches, the messages say better.
  device.pushErrorScope("validation");
  const module = device.createShaderModule({ code: kernel.code, label: kernel.name });
  const invalid = device.popErrorScope();
  const { messages } = await module.getCompilationInfo();
  await invalid;
  if (messages.length > 0) {
    const lines = messages.map((m) => `  ${m.type} at ${kernel.name}.wgsl:${m.lineNum}:${m.linePos} ${m.message}`);
    throw new Error(`internal: ${kernel.name}: shader did not compile cleanly\n${lines.join("\n")}`);
  }
  return device.createComputePipelineAsync({
    label: kernel.name,
    layout: device.createPipelineLayout({ bindGroupLayouts: [bindGroupLayout(device, kernel)] }),
    compute: { module, entryPoint: "main", constants: { ...constants } },
  });
}

/** Explicit layout (never "auto", which drops unused bindings): 0 = Params, then read-only inputs, the output last. */
function bindGroupLayout(device: GPUDevice, kernel: Kernel): GPUBindGroupLayout {
  const last = kernel.bindings.length - 1;
  const storage = kernel.bindings.map((_, index): GPUBindGroupLayoutEntry => ({
    binding: index + 1,
    visibility: GPUShaderStage.COMPUTE,
    buffer: { type: index === last ? "storage" : "read-only-storage" },
  }));
  return device.createBindGroupLayout({
    label: kernel.name,
    entries: [{ binding: 0, visibility: GPUShaderStage.COMPUTE, buffer: { type: "uniform" } }, ...storage],
  });
}
