/** FQ-ViT's integer rows in whole plans: the GPU against the strict reference word for word, and both against the float simulation. */
import { expect, test } from "vitest";
import type { Graph } from "../graph/graph.ts";
import { metrics } from "../metrics/index.ts";
import { calibrate } from "../quant/calibrate.ts";
import { fqVit } from "../quant/recipes/fq-vit.ts";
import { simulateGraph } from "../quant/simulate.ts";
import { runNode } from "../reference/index.ts";
import { nodeGpu } from "../testing/node-gpu-bundle.ts";
import { randomPixels, randomVit, type RandomVitOptions } from "../testing/random-vit.ts";
import { createConstantBuffers } from "./constant-buffers.ts";
import { createCpuExecutor } from "./cpu-executor.ts";
import { decodeValue } from "./decode-value.ts";
import { createGpuExecutor } from "./gpu-executor.ts";
import { makePlan } from "./make-plan.ts";
import { adapterFusesMultiplyAdd } from "./probe-arithmetic.ts";

const base: RandomVitOptions = { image: 16, patch: 4, dim: 24, depth: 2, heads: 3, mlp: 40, classes: 10, seed: 1 };
const cases = [
  // Two norms a block and the last one: in integers unless a norm's readers disagree about the step.
  { name: "class token", options: base, norms: 5 },
  {
    name: "odd sizes, mean pooling: the last norm reads one row",
    options: { ...base, image: 15, patch: 5, dim: 30, heads: 5, pooling: "mean" as const, prefix: 0, seed: 2 },
    norms: 5,
  },
  { name: "distilled: the last norm feeds two heads", options: { ...base, prefix: 2, pooling: "distilled" as const }, norms: 4 },
];

async function quantized(options: RandomVitOptions): Promise<Graph> {
  const { graph } = await calibrate({
    graph: randomVit(options),
    images: randomPixels(8, options.image, 9),
    recipe: fqVit,
    weightBits: 8,
    activationBits: 8,
    attentionBits: 4,
    levels: "strict",
    runNode: (node, inputs) => Promise.resolve(runNode(node, inputs)),
  });
  return graph;
}

test.each(cases)("W8A8 with 4 bits of attention, $name", async ({ options, norms }) => {
  const graph = await quantized(options);
  const pixels = randomPixels(3, options.image, 5);
  const gpu = await nodeGpu();
  const fused = await adapterFusesMultiplyAdd(gpu);
  const taps = graph.nodes.map(({ name }) => name);
  const simulated = simulateGraph(graph, pixels, taps);
  for (const mode of ["integer", "simulated"] as const) {
    const plan = makePlan(graph, { mode, images: 3, execution: "f32", attention: "rows", taps, constants: new Map() });
    const count = (kernel: string) => plan.steps.filter((step) => step.kernel === kernel).length;
    expect([count("layer-norm-integer"), count("layer-norm"), count("softmax-integer"), count("softmax")]).toEqual([
      norms,
      5 - norms,
      2,
      0,
    ]);
    // One of each for every residual value: the LayerNorm and the Add beside it read the same codes.
    expect([count("quantize-columns"), count("dequantize-columns")]).toEqual([5, 9 - norms]);
    const constants = createConstantBuffers(gpu);
    constants.upload(plan.constants);
    const executor = await createGpuExecutor(gpu, plan, constants);
    const actual = await executor.run({ pixels: pixels.data }, true);
    if (mode === "integer") {
      const expected = await createCpuExecutor(plan, fused).run({ pixels: pixels.data }, true);
      for (const [name, words] of expected.taps) {
        if (plan.steps.some((step) => step.output === name && step.kernel.startsWith("attention-scores"))) continue;
        expect(actual.taps.get(name), name).toEqual(words);
      }
      expect(actual.output).toEqual(expected.output);
    }
    const norm = decodeValue(plan, "blocks.0.norm1", actual.taps.get("blocks.0.norm1")!, graph.shapes["blocks.0.norm1"]);
    // Integers on both sides; a value in a thousand may sit on a rounding border.
    const differing = norm.data.filter((value, i) => Math.abs(value - simulated.taps["blocks.0.norm1"].data[i]) > 1e-4);
    expect(differing.length).toBeLessThanOrEqual(norm.data.length / 500);
    const logits = decodeValue(plan, plan.output, actual.output, graph.shapes[plan.output]);
    expect(metrics.sqnrDb.measure(simulated.output, logits)).toBeGreaterThan(25);
    executor.destroy();
    constants.destroy();
  }
});
