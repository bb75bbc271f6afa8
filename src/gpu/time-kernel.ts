import type { Gpu } from "./device.ts";
import { packParams, type Constants, type Kernel, type Params } from "./kernel.ts";
import { pipelineFor } from "./pipelines.ts";
import type { KernelInput } from "./run-kernel.ts";

/** Wall milliseconds of one warm dispatch: the best of three submits of `repeats` dispatches, queue drained. Compile time is not in it. */
export async function timeKernel(
  { device }: Gpu,
  kernel: Kernel,
  params: Params,
  constants: Constants,
  inputs: readonly KernelInput[],
  outputBytes: number,
  repeats: number,
): Promise<number> {
  const pipeline = await pipelineFor(device, kernel, constants);
  const upload = (data: KernelInput | ArrayBuffer, usage: number) => {
    const buffer = device.createBuffer({ label: kernel.name, size: Math.max(16, data.byteLength), usage: usage | GPUBufferUsage.COPY_DST });
    device.queue.writeBuffer(buffer, 0, data);
    return buffer;
  };
  const output = device.createBuffer({ label: kernel.name, size: outputBytes, usage: GPUBufferUsage.STORAGE });
  const buffers = [
    upload(packParams(kernel, params), GPUBufferUsage.UNIFORM),
    ...inputs.map((input) => upload(input, GPUBufferUsage.STORAGE)),
    output,
  ];
  const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
  const bindGroup = device.createBindGroup({ label: kernel.name, layout: pipeline.getBindGroupLayout(0), entries });
  const submit = async (count: number) => {
    const encoder = device.createCommandEncoder({ label: kernel.name });
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    for (let i = 0; i < count; i++) pass.dispatchWorkgroups(...kernel.workgroups(params, constants));
    pass.end();
    device.queue.submit([encoder.finish()]);
    await device.queue.onSubmittedWorkDone();
  };
  await submit(1);
  let best = Infinity;
  for (let i = 0; i < 3; i++) {
    const startMs = performance.now();
    await submit(repeats);
    best = Math.min(best, (performance.now() - startMs) / repeats);
  }
  for (const buffer of buffers) buffer.destroy();
  return best;
}
