import { expect, test } from "vitest";
import { countCalls } from "../gpu/call-counter.ts";
import { nodeGpu } from "../testing/node-gpu-bundle.ts";
import { quantizeByRange } from "../testing/quantize-by-range.ts";
import { randomPixels, randomVit, type RandomVitOptions } from "../testing/random-vit.ts";
import type { PlanMode } from "./plan.ts";
import { createGpuSession } from "./session.ts";

const options: RandomVitOptions = { image: 16, patch: 4, dim: 24, depth: 2, heads: 3, mlp: 40, classes: 10, seed: 1 };
const deep: RandomVitOptions = { ...options, dim: 12, depth: 12, mlp: 16 };

interface Case {
  readonly mode: PlanMode;
  readonly bits: number;
  readonly images: number;
  readonly vit: RandomVitOptions;
  /** 7 a block, patches, embedding, last norm and head. */
  readonly dispatches: number;
}

const cases: readonly Case[] = [
  { mode: "float", bits: 0, images: 1, vit: deep, dispatches: 88 },
  { mode: "integer", bits: 8, images: 1, vit: deep, dispatches: 88 },
  { mode: "integer", bits: 4, images: 1, vit: deep, dispatches: 88 },
  { mode: "float", bits: 0, images: 3, vit: options, dispatches: 18 },
  { mode: "integer", bits: 4, images: 3, vit: options, dispatches: 18 },
];

function graphOf({ vit, bits }: Case) {
  const float = randomVit(vit);
  if (bits === 0) return float;
  return quantizeByRange(float, randomPixels(2, vit.image, 9), { weightBits: bits, activationBits: bits, probabilities: "log-sqrt2" });
}

test.each(cases)("a warm $mode forward of $images, $bits bits: $dispatches dispatches, one submit, one map, nothing made", async (one) => {
  const gpu = await nodeGpu();
  const session = createGpuSession(gpu, graphOf(one), { mode: one.mode, execution: "f32" });
  const pixels = randomPixels(one.images, one.vit.image, 5);
  const cold = await countCalls(gpu.device, async () => void (await session.run(pixels)));
  const first = (await session.run(pixels)).logits.data;
  let second = first;
  const warm = await countCalls(gpu.device, async () => {
    second = (await session.run(pixels)).logits.data;
  });
  // The one write is the pixels.
  expect(warm).toEqual({ buffers: 0, bindGroups: 0, pipelines: 0, dispatches: one.dispatches, writes: 1, submits: 1, maps: 1 });
  expect(second).toEqual(first);
  // The counter would be blind if a cold run made nothing either.
  expect(cold.buffers).toBeGreaterThan(0);
  expect(cold.bindGroups).toBeGreaterThan(0);
  session.destroy();
});

test("a warm simulated forward makes nothing either", async () => {
  const gpu = await nodeGpu();
  const graph = graphOf({ mode: "simulated", bits: 4, images: 1, vit: options, dispatches: 0 });
  const session = createGpuSession(gpu, graph, { mode: "simulated", execution: "f32" });
  const pixels = randomPixels(1, options.image, 5);
  await session.run(pixels);
  const warm = await countCalls(gpu.device, async () => void (await session.run(pixels)));
  expect(warm).toMatchObject({ buffers: 0, bindGroups: 0, pipelines: 0, writes: 1, submits: 1, maps: 1 });
  session.destroy();
});
