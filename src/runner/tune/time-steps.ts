import { createDeviceClock } from "../../gpu/device-clock.ts";
import type { Gpu } from "../../gpu/device.ts";
import { packParams, type Kernel } from "../../gpu/kernel.ts";
import { recordStep } from "../../gpu/recorded-step.ts";
import { kernels } from "../../gpu/kernels/index.ts";
import { pipelineFor } from "../../gpu/pipelines.ts";
import type { Operand, Step } from "../plan.ts";

/** How long one submit should take on a GPU, so that submitting (seen by the wall clock) and the grain of timestamps are small beside it. */
const SUBMIT_MS = 2;
const MAX_REPEATS = 200;
const SAMPLES = 3;

/**
 * Milliseconds of the steps one after the other on buffers of zeros, warm, by the device's clock where it has one: the best of three submits, each repeated to about 2 ms.
 * `bytesOf`: the size of an operand. Compile time is not in it.
 */
export async function timeSteps({ device }: Gpu, steps: readonly Step[], bytesOf: (operand: Operand) => number): Promise<number> {
  const buffers = new Map<string, GPUBuffer>();
  const bufferOf = (operand: Operand) => {
    const name = "value" in operand ? `value ${operand.value}` : `constant ${operand.constant}`;
    let buffer = buffers.get(name);
    if (!buffer) {
      const size = Math.max(16, Math.ceil(bytesOf(operand) / 16) * 16);
      buffers.set(name, (buffer = device.createBuffer({ label: name, size, usage: GPUBufferUsage.STORAGE })));
    }
    return buffer;
  };
  const recorded = await Promise.all(
    steps.map(async (step, index) => {
      const kernel: Kernel = kernels[step.kernel];
      const pipeline = await pipelineFor(device, kernel, step.constants);
      const bytes = packParams(kernel, step.params);
      const uniform = device.createBuffer({ size: bytes.byteLength, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
      device.queue.writeBuffer(uniform, 0, bytes);
      buffers.set(`parameters ${index}`, uniform);
      const resources = [uniform, ...step.inputs.map(bufferOf), bufferOf({ value: step.output })];
      const entries = resources.map((buffer, binding) => ({ binding, resource: { buffer } }));
      const bindGroup = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
      return { pipeline, bindGroup, grid: kernel.workgroups(step.params, step.constants) };
    }),
  );
  const clock = createDeviceClock(device);
  const submit = async (repeats: number) => {
    const seconds = await clock.seconds((pass) => {
      for (let i = 0; i < repeats; i++) for (const step of recorded) recordStep(pass, step);
    });
    return (1e3 * seconds) / repeats;
  };
  try {
    await submit(1);
    const once = await submit(1);
    const repeats = Math.min(MAX_REPEATS, Math.max(1, Math.ceil(SUBMIT_MS / Math.max(once, 1e-3))));
    let best = repeats === 1 ? once : Infinity;
    for (let i = repeats === 1 ? 1 : 0; i < SAMPLES; i++) best = Math.min(best, await submit(repeats));
    return best;
  } finally {
    clock.destroy();
    for (const buffer of buffers.values()) buffer.destroy();
  }
}
