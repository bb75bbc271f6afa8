import { expect, test } from "vitest";
import { nodeDevice, nullDevice } from "./node-gpu.ts";

const DOUBLE = `
@group(0) @binding(0) var<storage, read_write> data: array<u32>;
@compute @workgroup_size(4) fn main(@builtin(global_invocation_id) id: vec3u) { data[id.x] = data[id.x] * 2u; }`;

test("the shared device executes a shader", async () => {
  expect(await runDouble(await nodeDevice())).toEqual([2, 4, 6, 8]);
});

test("the shared device is one device", async () => {
  expect(await nodeDevice()).toBe(await nodeDevice());
});

test("the null backend compiles f16 and subgroups, and rejects what is wrong", async () => {
  const device = await nullDevice();
  expect([...device.features]).toEqual(expect.arrayContaining(["shader-f16", "subgroups"]));
  expect(
    await compileErrors(device, `enable f16; enable subgroups;\n@compute @workgroup_size(1) fn main() { _ = subgroupAdd(1.0h); }`),
  ).toEqual([]);
  expect(await compileErrors(device, `@compute @workgroup_size(1) fn main() { let x: f32 = 1i; }`)).toHaveLength(1);
});

async function compileErrors(device: GPUDevice, code: string): Promise<string[]> {
  device.pushErrorScope("validation");
  const info = await device.createShaderModule({ code }).getCompilationInfo();
  await device.popErrorScope();
  return info.messages.filter((message) => message.type === "error").map((message) => message.message);
}

async function runDouble(device: GPUDevice): Promise<number[]> {
  const sizeBytes = 16;
  const pipeline = await device.createComputePipelineAsync({
    layout: "auto",
    compute: { module: device.createShaderModule({ code: DOUBLE }) },
  });
  const data = device.createBuffer({ size: sizeBytes, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST });
  const staging = device.createBuffer({ size: sizeBytes, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  device.queue.writeBuffer(data, 0, new Uint32Array([1, 2, 3, 4]));
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(
    0,
    device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: [{ binding: 0, resource: { buffer: data } }] }),
  );
  pass.dispatchWorkgroups(1);
  pass.end();
  encoder.copyBufferToBuffer(data, 0, staging, 0, sizeBytes);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  const values = [...new Uint32Array(staging.getMappedRange().slice(0))];
  staging.destroy();
  data.destroy();
  return values;
}
