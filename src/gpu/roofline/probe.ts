import type { Constants } from "../kernel.ts";

/** One probe's pipeline on its two buffers: seed (steps, factors, data) and what is written so that nothing is optimised away. */
export interface Probe {
  /** Wall seconds of one submit of `dispatches` dispatches of `groups` workgroups, each invocation doing `steps` steps. */
  seconds(groups: number, steps: number, dispatches?: number): Promise<number>;
  destroy(): void;
}

const INVOCATIONS = 64;

/** `seedBytes`: length of the first buffer beyond its two leading vec4. */
export async function openProbe(
  device: GPUDevice,
  name: string,
  code: string,
  constants: Constants,
  maxGroups: number,
  seedBytes = 0,
): Promise<Probe> {
  const module = device.createShaderModule({ code, label: name });
  const pipeline = await device.createComputePipelineAsync({
    label: name,
    layout: "auto",
    compute: { module, entryPoint: "main", constants: { ...constants } },
  });
  const seed = device.createBuffer({ label: name, size: 32 + seedBytes, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST });
  const output = device.createBuffer({ label: name, size: 4 * INVOCATIONS * maxGroups, usage: GPUBufferUsage.STORAGE });
  const bindGroup = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [seed, output].map((buffer, binding) => ({ binding, resource: { buffer } })),
  });
  return {
    async seconds(groups, steps, dispatches = 1) {
      device.queue.writeBuffer(seed, 0, Uint32Array.of(steps, 0, 0, 0, 1, 2, 3, 1));
      await device.queue.onSubmittedWorkDone();
      const startMs = performance.now();
      const encoder = device.createCommandEncoder({ label: name });
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindGroup);
      for (let i = 0; i < dispatches; i++) pass.dispatchWorkgroups(groups);
      pass.end();
      device.queue.submit([encoder.finish()]);
      await device.queue.onSubmittedWorkDone();
      return (performance.now() - startMs) / 1000;
    },
    destroy() {
      seed.destroy();
      output.destroy();
    },
  };
}
