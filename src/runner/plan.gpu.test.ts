import { expect, test } from "vitest";
import { runGraph } from "../reference/run-graph.ts";
import { nodeGpu } from "../testing/node-gpu-bundle.ts";
import { randomPixels, randomVit, type RandomVitOptions } from "../testing/random-vit.ts";
import { createConstantBuffers } from "./constant-buffers.ts";
import { createCpuExecutor } from "./cpu-executor.ts";
import { createGpuExecutor } from "./gpu-executor.ts";
import { readValue } from "./layout.ts";
import { makePlan } from "./make-plan.ts";

const base: RandomVitOptions = { image: 16, patch: 4, dim: 24, depth: 2, heads: 3, mlp: 40, classes: 10, seed: 1 };
const geometries: Readonly<Record<string, RandomVitOptions>> = {
  plain: base,
  "odd sizes": { ...base, image: 15, patch: 5, dim: 30, heads: 5, mlp: 50, classes: 7, seed: 2 },
  distilled: { ...base, prefix: 2, pooling: "distilled", gelu: "tanh", seed: 3 },
  "mean pooling, no prefix": { ...base, prefix: 0, pooling: "mean", seed: 4 },
};

test.each(Object.entries(geometries))("float plan equals the reference: %s", async (_name, options) => {
  const graph = randomVit(options);
  const pixels = randomPixels(3, options.image, 5);
  const gpu = await nodeGpu();
  const taps = graph.nodes.map((node) => node.name);
  const plan = makePlan(graph, { mode: "float", images: 3, execution: "f32", attention: "rows", taps, constants: new Map() });
  const constants = createConstantBuffers(gpu);
  constants.upload(plan.constants);
  const executor = await createGpuExecutor(gpu, plan, constants);
  const run = await executor.run({ pixels: pixels.data }, true);
  const expected = runGraph(graph, pixels, taps);
  for (const name of plan.taps) {
    const actual = readValue(plan.values[name].layout, run.taps.get(name)!, 3);
    const want = expected.taps[name].data;
    const scale = want.reduce((top, v) => Math.max(top, Math.abs(v)), 0);
    let worst = 0;
    want.forEach((v, i) => (worst = Math.max(worst, Math.abs(v - actual[i]))));
    expect(worst / scale, name).toBeLessThan(1e-5);
  }
  const cpu = await createCpuExecutor(plan, false).run({ pixels: pixels.data }, false);
  expect(cpu.output.length).toBe(run.output.length);
  executor.destroy();
  constants.destroy();
});
