import { expect, test } from "vitest";
import { nodeGpu } from "../testing/node-gpu-bundle.ts";
import { quantizeByRange } from "../testing/quantize-by-range.ts";
import { randomPixels, randomVit, type RandomVitOptions } from "../testing/random-vit.ts";
import { createConstantBuffers } from "./constant-buffers.ts";
import { createCpuExecutor } from "./cpu-executor.ts";
import { createGpuExecutor } from "./gpu-executor.ts";
import { makePlan } from "./make-plan.ts";
import type { IntegerExecution } from "./plan.ts";
import { adapterFusesMultiplyAdd } from "./probe-arithmetic.ts";

const base: RandomVitOptions = { image: 16, patch: 4, dim: 24, depth: 2, heads: 3, mlp: 40, classes: 10, seed: 1 };
const odd: RandomVitOptions = { ...base, image: 15, patch: 5, dim: 30, heads: 5, mlp: 50, classes: 7, seed: 2 };
const cases = [
  { name: "W4A4 log-sqrt2", options: base, weightBits: 4, activationBits: 4, probabilities: "log-sqrt2" },
  { name: "W8A8 uniform, odd sizes", options: odd, weightBits: 8, activationBits: 8, probabilities: "uniform" },
  {
    name: "W8A8 log2, K past one exact chunk",
    options: { ...base, mlp: 1056, depth: 1 },
    weightBits: 8,
    activationBits: 8,
    probabilities: "log2",
  },
  {
    name: "W3A3 log-sqrt2, mean pooling",
    options: { ...odd, pooling: "mean" as const, prefix: 0 },
    weightBits: 3,
    activationBits: 3,
    probabilities: "log-sqrt2",
  },
  {
    name: "W2A6 log2, distilled",
    options: { ...base, prefix: 2, pooling: "distilled" as const, gelu: "tanh" as const },
    weightBits: 2,
    activationBits: 6,
    probabilities: "log2",
  },
  { name: "W6A8 log-sqrt2", options: odd, weightBits: 6, activationBits: 8, probabilities: "log-sqrt2" },
];

test.each(cases)("integer plan equals the strict reference in every word: $name", async ({ options, ...bits }) => {
  const float = randomVit(options);
  const graph = quantizeByRange(float, randomPixels(4, options.image, 9), bits);
  const pixels = randomPixels(3, options.image, 5);
  const gpu = await nodeGpu();
  const fused = await adapterFusesMultiplyAdd(gpu);
  const taps = graph.nodes.map((node) => node.name);
  const outputs: Uint32Array[] = [];
  for (const execution of ["f32", "dot"] as const satisfies readonly IntegerExecution[]) {
    const plan = makePlan(graph, { mode: "integer", images: 3, execution, attention: "rows", taps, constants: new Map() });
    const constants = createConstantBuffers(gpu);
    constants.upload(plan.constants);
    const executor = await createGpuExecutor(gpu, plan, constants);
    const actual = await executor.run({ pixels: pixels.data }, true);
    const expected = await createCpuExecutor(plan, fused).run({ pixels: pixels.data }, true);
    for (const name of plan.taps) {
      if (plan.steps.some((step) => step.output === name && step.kernel.startsWith("attention-scores"))) continue;
      const [a, b] = [actual.taps.get(name)!, expected.taps.get(name)!];
      expect(
        a.findIndex((word, i) => word !== b[i]),
        `${execution}: first differing word of ${name}`,
      ).toBe(-1);
    }
    expect(actual.output).toEqual(expected.output);
    outputs.push(actual.output);
    executor.destroy();
    constants.destroy();
  }
  expect(outputs[0]).toEqual(outputs[1]);
});
