import { expect, test } from "vitest";
import { countCalls } from "../gpu/call-counter.ts";
import { nodeGpu } from "../testing/node-gpu-bundle.ts";
import { quantizeByRange } from "../testing/quantize-by-range.ts";
import { randomPixels, randomVit, type RandomVitOptions } from "../testing/random-vit.ts";
import { createGpuSession } from "./session.ts";

const options: RandomVitOptions = { image: 16, patch: 4, dim: 24, depth: 2, heads: 3, mlp: 40, classes: 10, seed: 1 };
const bits = { weightBits: 4, activationBits: 4, probabilities: "log-sqrt2" };
const float = randomVit(options);
const quantized = quantizeByRange(float, randomPixels(2, options.image, 9), bits);
const cases = (["float", "integer", "simulated"] as const).flatMap((mode) => [1, 3].map((images) => ({ mode, images })));

test.each(cases)("a warm $mode forward of $images makes nothing, submits once and maps once", async ({ mode, images }) => {
  const gpu = await nodeGpu();
  const session = createGpuSession(gpu, mode === "float" ? float : quantized, { mode, execution: "f32" });
  const pixels = randomPixels(images, options.image, 5);
  const cold = await countCalls(gpu.device, async () => void (await session.run(pixels)));
  const first = (await session.run(pixels)).logits.data;
  let second = first;
  const warm = await countCalls(gpu.device, async () => {
    second = (await session.run(pixels)).logits.data;
  });
  expect(warm).toEqual({ buffers: 0, bindGroups: 0, pipelines: 0, submits: 1, maps: 1 });
  expect(second).toEqual(first);
  // The counter would be blind if a cold run made nothing either.
  expect(cold.buffers).toBeGreaterThan(0);
  expect(cold.bindGroups).toBeGreaterThan(0);
  session.destroy();
});
