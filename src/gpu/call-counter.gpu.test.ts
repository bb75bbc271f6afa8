import { expect, test } from "vitest";
import { nodeGpu } from "../testing/node-gpu-bundle.ts";
import { countCalls } from "./call-counter.ts";
import { kernelCases } from "./cases/index.ts";
import { kernels } from "./kernels/index.ts";
import { runKernel } from "./run-kernel.ts";

const [{ params, constants, inputs, outputWords }] = kernelCases["reduce-mean"];

test("counts what one dispatch asks of the device", async () => {
  const gpu = await nodeGpu();
  const run = () => runKernel(gpu, kernels["reduce-mean"], params, constants, inputs(), outputWords).then(() => undefined);
  await run();
  // Warm: uniform, one input, output and staging buffer; the pipeline is there already.
  expect(await countCalls(gpu.device, run)).toEqual({
    buffers: 4,
    bindGroups: 1,
    pipelines: 0,
    dispatches: 1,
    writes: 3,
    submits: 1,
    maps: 1,
  });
  const nothing = { buffers: 0, bindGroups: 0, pipelines: 0, dispatches: 0, writes: 0, submits: 0, maps: 0 };
  expect(await countCalls(gpu.device, async () => {})).toEqual(nothing);
});

test("counts pipelines, made either way", async () => {
  const { device } = await nodeGpu();
  const module = device.createShaderModule({ code: "@compute @workgroup_size(1) fn main() {}" });
  const counts = await countCalls(device, async () => {
    device.createComputePipeline({ layout: "auto", compute: { module } });
    await device.createComputePipelineAsync({ layout: "auto", compute: { module } });
  });
  expect(counts.pipelines).toBe(2);
});

test("leaves the device as it was, after a failure too", async () => {
  const { device } = await nodeGpu();
  const before = [device.createBuffer, device.queue.submit, GPUBuffer.prototype.mapAsync];
  const own = Object.getOwnPropertyNames(device);
  await expect(countCalls(device, () => Promise.reject(new Error("stopped")))).rejects.toThrow("stopped");
  expect([device.createBuffer, device.queue.submit, GPUBuffer.prototype.mapAsync]).toEqual(before);
  expect(Object.getOwnPropertyNames(device)).toEqual(own);
});
