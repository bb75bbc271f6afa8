import { allocate, checkBufferSize, type Gpu } from "../gpu/device.ts";
import { packParams, type Kernel } from "../gpu/kernel.ts";
import { kernels } from "../gpu/kernels/index.ts";
import { allCompiled, pipelineFor } from "../gpu/pipelines.ts";
import type { ConstantBuffers } from "./constant-buffers.ts";
import type { PlanExecutor } from "./executor.ts";
import type { Operand, Plan } from "./plan.ts";
import { recordStep, type RecordedStep } from "../gpu/recorded-step.ts";
import { timeRecorded, type StepTimes } from "./profile/time-recorded.ts";
import { stepWork } from "./tune/step-work.ts";
import type { Job } from "../tensor/progress.ts";

const UNIFORM_ALIGNMENT = 256;

/** Multiply-adds per second (operations, two each) that an adapter reaches at least, for estimates alone: SwiftShader on two cores, a small integrated GPU. */
const OPERATIONS_PER_SECOND = { software: 5.6e9, hardware: 2e11 };
/** A submit is estimated to hold the device no longer than this. */
const SUBMIT_SECONDS = 0.5;

/** Compile what the plan needs, all at once. `job` hears of each. */
export async function compilePlan({ device }: Gpu, plan: Plan, job?: Job): Promise<void> {
  const compiling = new Set(plan.steps.map((step) => pipelineFor(device, kernels[step.kernel], step.constants)));
  await allCompiled(compiling, job);
}

/** Where submits end: after these steps, so that none holds even a slow device for long. One for an image of the usual models on a GPU. */
export function submitEnds({ isSoftware }: Gpu, plan: Plan): readonly number[] {
  const ends: number[] = [];
  let seconds = 0;
  const rate = OPERATIONS_PER_SECOND[isSoftware ? "software" : "hardware"];
  plan.steps.forEach((step, index) => {
    const { fma, packedDot } = stepWork(step, () => 0);
    const own = (fma + packedDot) / rate;
    if (seconds > 0 && seconds + own > SUBMIT_SECONDS) {
      ends.push(index);
      seconds = 0;
    }
    seconds += own;
  });
  return [...ends, plan.steps.length];
}

/** On a GPU a run can also be taken apart. */
export interface GpuExecutor extends PlanExecutor {
  /** Time every step by itself, after a run that fed the plan: by timestamps where the device has them, else by the wall clock. */
  timeSteps(job?: Job): Promise<StepTimes>;
}

/**
 * Makes everything a run needs (arena, uniforms, pipelines, bind groups, staging), so that a warm run only writes the pixels,
 * submits once and maps once.
 */
export async function createGpuExecutor(gpu: Gpu, plan: Plan, constants: ConstantBuffers): Promise<GpuExecutor> {
  const { device } = gpu;
  const owned: GPUBuffer[] = [];
  const allocations: Promise<void>[] = [];
  const destroy = () => {
    for (const buffer of owned) buffer.destroy();
  };
  const create = (label: string, size: number, usage: GPUBufferUsageFlags) => {
    checkBufferSize(device, size, label);
    const { buffer, allocated } = allocate(device, label, Math.max(16, Math.ceil(size / 16) * 16), usage);
    allocations.push(allocated);
    owned.push(buffer);
    return buffer;
  };
  const largestIn = (slot: number) =>
    Object.entries(plan.values)
      .filter(([, value]) => value.slot === slot)
      .reduce((a, b) => (b[1].sizeBytes > a[1].sizeBytes ? b : a))[0];
  const makeBuffers = () => {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const slots = plan.slots.map((size, slot) => create(`${largestIn(slot)} of ${plan.images} images`, size, usage));
    const uniforms = create("parameters", params.length * UNIFORM_ALIGNMENT, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST);
    const staging = create("readback", stagingOffsets.total, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST);
    return { slots, uniforms, staging };
  };
  const params = plan.steps.map((step) => packParams(kernels[step.kernel], step.params));
  const read = [plan.output, ...plan.taps];
  const stagingOffsets = offsetsOf(read.map((name) => plan.values[name].sizeBytes));
  let buffers: ReturnType<typeof makeBuffers>;
  try {
    buffers = makeBuffers();
    await Promise.all(allocations);
    await constants.allocated();
  } catch (error) {
    await Promise.allSettled(allocations);
    destroy();
    throw error;
  }
  const { slots, uniforms, staging } = buffers;

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
  const recorded = plan.steps.map((step, index): RecordedStep => {
    const kernel: Kernel = kernels[step.kernel];
    const uniform = { buffer: uniforms, offset: index * UNIFORM_ALIGNMENT, size: params[index].byteLength };
    const resources = [uniform, ...step.inputs.map(bindingOf), bindingOf({ value: step.output })];
    const entries = resources.map((resource, binding) => ({ binding, resource }));
    const layout = pipelines[index].getBindGroupLayout(0);
    const bindGroup = device.createBindGroup({ label: step.name, layout, entries });
    return { pipeline: pipelines[index], bindGroup, grid: kernel.workgroups(step.params, step.constants) };
  });
  await throwScopedError(device, plan.name);

  const ends = submitEnds(gpu, plan);
  let checked = false;
  return {
    async run(feeds, readTaps) {
      // Validation errors depend on the plan alone: the first run finds them all.
      const check = !checked;
      checked = true;
      if (check) device.pushErrorScope("validation");
      for (const name of plan.inputs) device.queue.writeBuffer(slots[plan.values[name].slot], 0, feeds[name]);
      let encoder = device.createCommandEncoder({ label: plan.name });
      for (const { constant, value, sizeBytes, strideBytes, count } of plan.copies) {
        const { buffer, offset = 0 } = constants.binding(constant);
        const to = slots[plan.values[value].slot];
        for (let i = 0; i < count; i++) encoder.copyBufferToBuffer(buffer, offset, to, i * strideBytes, sizeBytes);
      }
      let start = 0;
      for (const end of ends) {
        if (start > 0) {
          device.queue.submit([encoder.finish()]);
          encoder = device.createCommandEncoder({ label: plan.name });
        }
        const pass = encoder.beginComputePass();
        for (const step of recorded.slice(start, end)) recordStep(pass, step);
        pass.end();
        start = end;
      }
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
    timeSteps: (job) => timeRecorded(device, recorded, job),
    destroy,
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
