import type { Gpu } from "./device.ts";
import { packParams, type Constants, type Kernel, type Params } from "./kernel.ts";
import { pipelineFor } from "./pipelines.ts";

export type KernelInput = Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Int32Array<ArrayBuffer>;

/** What every output word holds before the dispatch; nothing that a kernel computes looks like it. */
export const SENTINEL = 0xdeadbeef;
/** Words after the output, inside its binding: a stray write lands there instead of being clamped onto a valid word. */
export const GUARD_WORDS = 64;

/**
 * Run one dispatch and return its output words; for checks, self-tests and probes. Throws on validation errors.
 * With `guard`, the binding is longer than the output by GUARD_WORDS, which are returned too and must still hold the sentinel.
 */
export async function runKernel(
  { device }: Gpu,
  kernel: Kernel,
  params: Params,
  constants: Constants,
  inputs: readonly KernelInput[],
  outputWords: number,
  guard = false,
): Promise<Uint32Array<ArrayBuffer>> {
  const pipeline = await pipelineFor(device, kernel, constants);
  device.pushErrorScope("validation");
  const buffers: GPUBuffer[] = [];
  const upload = (data: KernelInput | ArrayBuffer, usage: number) => {
    const buffer = device.createBuffer({
      label: kernel.name,
      size: Math.max(16, Math.ceil(data.byteLength / 16) * 16),
      usage: usage | GPUBufferUsage.COPY_DST,
    });
    device.queue.writeBuffer(buffer, 0, data);
    buffers.push(buffer);
    return buffer;
  };
  const uniform = upload(packParams(kernel, params), GPUBufferUsage.UNIFORM);
  const sources = inputs.map((input) => upload(input, GPUBufferUsage.STORAGE));
  const words = outputWords + (guard ? GUARD_WORDS : 0);
  const output = upload(new Uint32Array(words).fill(SENTINEL), GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC);
  const staging = device.createBuffer({ label: kernel.name, size: 4 * words, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  buffers.push(staging);
  // The buffer is a multiple of 16 bytes, the binding ends with the output: only so does an exact-size run see a wrong last word.
  const resources = [...[uniform, ...sources].map((buffer) => ({ buffer })), { buffer: output, size: 4 * words }];
  const entries = resources.map((resource, binding) => ({ binding, resource }));
  const bindGroup = device.createBindGroup({ label: kernel.name, layout: pipeline.getBindGroupLayout(0), entries });
  const encoder = device.createCommandEncoder({ label: kernel.name });
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  pass.dispatchWorkgroups(...kernel.workgroups(params, constants));
  pass.end();
  encoder.copyBufferToBuffer(output, 0, staging, 0, 4 * words);
  device.queue.submit([encoder.finish()]);
  const error = await device.popErrorScope();
  if (error) throw new Error(`internal: ${kernel.name}: ${error.message}`);
  await staging.mapAsync(GPUMapMode.READ);
  const result = new Uint32Array(staging.getMappedRange().slice(0));
  for (const buffer of buffers) buffer.destroy();
  return result;
}

/** Index of the first guard word that was overwritten, or -1. */
export function strayWrite(words: Uint32Array, outputWords: number): number {
  const at = words.subarray(outputWords).findIndex((word) => word !== SENTINEL);
  return at < 0 ? -1 : outputWords + at;
}
