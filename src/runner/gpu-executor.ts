import { checkBufferSize, type Gpu } from "../gpu/device.ts";
import { packParams, type Kernel } from "../gpu/kernel.ts";
import { kernels } from "../gpu/kernels/index.ts";
import { pipelineFor } from "../gpu/pipelines.ts";
import type { ConstantBuffers } from "./constant-buffers.ts";
import type { PlanExecutor } from "./executor.ts";
import type { Operand, Plan } from "./plan.ts";

interface Recorded {
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly grid: readonly [number, number, number];
}

const UNIFORM_ALIGNMENT = 256;

/**
 * Makes everything a run needs (arena, uniforms, pipelines, bind groups, staging), so that a warm run only writes the pixels,
 * submits once and maps once.
 */
export async function createGpuExecutor(gpu: Gpu, plan: Plan, constants: ConstantBuffers): Promise<PlanExecutor> {
  const { device } = gpu;
  const owned: GPUBuffer[] = [];
  const create = (label: string, size: number, usage: GPUBufferUsageFlags) => {
    checkBufferSize(device, size, label);
    const buffer = device.createBuffer({ label, size: Math.max(16, Math.ceil(size / 16) * 16), usage });
    owned.push(buffer);
    return buffer;
  };
  device.pushErrorScope("out-of-memory");
  const slots = plan.slots.map((size, slot) =>
    create(`arena slot ${slot}`, size, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST),
  );
  const params = plan.steps.map((step) => packParams(kernels[step.kernel], step.params));
  const uniforms = create("parameters", params.length * UNIFORM_ALIGNMENT, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST);
  const read = [plan.output, ...plan.taps];
  const stagingOffsets = offsetsOf(read.map((name) => plan.values[name].sizeBytes));
  const staging = create("readback", stagingOffsets.total, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST);
  const outOfMemory = await device.popErrorScope();
  if (outOfMemory) throw new Error(`internal: out of GPU memory: ${outOfMemory.message}`);

  const block = new Uint8Array(params.length * UNIFORM_ALIGNMENT);
  params.forEach((bytes, index) => block.set(new Uint8Array(bytes), index * UNIFORM_ALIGNMENT));
  device.queue.writeBuffer(uniforms, 0, block);

  const bindingOf = (operand: Operand): GPUBufferBinding => {
    if ("constant" in operand) return constants.binding(operand.constant);
    const { slot, sizeBytes } = plan.values[operand.value];
    return { buffer: slots[slot], size: Math.ceil(sizeBytes / 16) * 16 };
  };
  const pipelines = await Promise.all(plan.steps.map((step) => pipelineFor(device, kernels[step.kernel], step.constants)));
  device.pushErrorScope("validation");
  const recorded = plan.steps.map((step, index): Recorded => {
    const kernel: Kernel = kernels[step.kernel];
    const uniform = { buffer: uniforms, offset: index * UNIFORM_ALIGNMENT, size: params[index].byteLength };
    const resources = [uniform, ...step.inputs.map(bindingOf), bindingOf({ value: step.output })];
    const entries = resources.map((resource, binding) => ({ binding, resource }));
    const layout = pipelines[index].getBindGroupLayout(0);
    const bindGroup = device.createBindGroup({ label: step.name, layout, entries });
    return { pipeline: pipelines[index], bindGroup, grid: kernel.workgroups(step.params, step.constants) };
  });
  await throwScopedError(device, plan.name);

  let checked = false;
  return {
    async run(feeds, readTaps) {
      // Validation errors depend on the plan alone: the first run finds them all.
      const check = !checked;
      checked = true;
      if (check) device.pushErrorScope("validation");
      for (const name of plan.inputs) device.queue.writeBuffer(slots[plan.values[name].slot], 0, feeds[name]);
      const encoder = device.createCommandEncoder({ label: plan.name });
      for (const { constant, value, sizeBytes, strideBytes, count } of plan.copies) {
        const { buffer, offset = 0 } = constants.binding(constant);
        const to = slots[plan.values[value].slot];
        for (let i = 0; i < count; i++) encoder.copyBufferToBuffer(buffer, offset, to, i * strideBytes, sizeBytes);
      }
      const pass = encoder.beginComputePass();
      for (const { pipeline, bindGroup, grid } of recorded) {
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, bindGroup);
        pass.dispatchWorkgroups(...grid);
      }
      pass.end();
      const wanted = readTaps ? read : read.slice(0, 1);
      wanted.forEach((name, index) => {
        const { slot, sizeBytes } = plan.values[name];
        encoder.copyBufferToBuffer(slots[slot], 0, staging, stagingOffsets.starts[index], sizeBytes);
      });
      device.queue.submit([encoder.finish()]);
      if (check) await throwScopedError(device, plan.name);
      const last = wanted.length - 1;
      await staging.mapAsync(GPUMapMode.READ, 0, stagingOffsets.starts[last] + plan.values[wanted[last]].sizeBytes);
      const mapped = new Uint32Array(staging.getMappedRange(0, stagingOffsets.starts[last] + plan.values[wanted[last]].sizeBytes).slice(0));
      staging.unmap();
      const words = wanted.map((name, index) => {
        const start = stagingOffsets.starts[index] / 4;
        return mapped.slice(start, start + plan.values[name].sizeBytes / 4);
      });
      return { output: words[0], taps: new Map(wanted.slice(1).map((name, index) => [name, words[index + 1]])) };
    },
    destroy() {
      for (const buffer of owned) buffer.destroy();
    },
  };
}

async function throwScopedError(device: GPUDevice, name: string): Promise<void> {
  const error = await device.popErrorScope();
  if (error) throw new Error(`internal: ${name}: ${error.message}`);
}

/** Starts of consecutive ranges, 16-byte aligned. */
function offsetsOf(sizes: readonly number[]): { starts: readonly number[]; total: number } {
  const starts: number[] = [];
  let total = 0;
  for (const size of sizes) {
    starts.push(total);
    total += Math.ceil(size / 16) * 16;
  }
  return { starts, total };
}
