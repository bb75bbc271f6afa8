/**
 * Integers against the float simulation of the same quantizers: what is decided when a plan is made (thresholds of a clipped softmax, levels and offsets of a depthwise
 * convolution) is in the strict reference too, so that only the simulation can tell when it is wrong.
 */
import { expect, test } from "vitest";
import { metrics } from "../metrics/index.ts";
import { identifyModel } from "../models/index.ts";
import { simulateGraph } from "../quant/simulate.ts";
import { runGraph } from "../reference/run-graph.ts";
import { tensor, type Tensor } from "../tensor/tensor.ts";
import { goldenModel } from "../testing/golden-models.ts";
import { normalImages } from "../testing/golden-pixels.ts";
import { tensorSource } from "./image-source.ts";
import { createWasmNodeRunner } from "./node-runner.ts";
import { openCpuExecutor } from "./open-executor.ts";
import { quantizeModels } from "./quantize-model.ts";

const COUNT = 16;

async function modelAndImages(name: string) {
  const { any, overrides } = await goldenModel(name);
  const float = await identifyModel(any, overrides).build();
  const source = tensorSource(normalImages(4, float.inputShape, 1), float.inputShape, "calibration");
  return { float, source, images: normalImages(COUNT, float.inputShape, 2) };
}

/** Signal to noise of each image, in dB. */
function agreement(wanted: Tensor, found: Tensor): number[] {
  const row = wanted.data.length / COUNT;
  const image = ({ data }: Tensor, i: number) => tensor([1, row], data.slice(i * row, (i + 1) * row));
  return Array.from({ length: COUNT }, (_, i) => metrics.sqnrDb.measure(image(wanted, i), image(found, i)));
}

/**
 * Sums in another order differ by 1e-7: nearly every image gives the same codes at every place (140 dB), and where a value at the border of two codes falls to
 * the other side, that image alone is off by a code (20 to 60 dB, more in networks of random weights that amplify). Levels of 8-bit probabilities are rounded so
 * that f32 holds their sums (integer-levels.ts), which is 1e-5 of a row: one image more. So: all images but four.
 */
test.each([
  ["vit-clipped", ["min-max", "repq-vit"]],
  ["tiny_vit", ["min-max", "repq-vit", "erq", "vitrine"]],
  ["slab", ["min-max", "vitrine"]],
])("%s", async (name, recipes) => {
  const { float, source, images } = await modelAndImages(name);
  for (const bits of [8, 4]) {
    const requests = recipes.map((recipe) => ({ recipe, weightBits: bits, activationBits: bits, levels: "strict" }) as const);
    for (const { graph, request } of await quantizeModels(createWasmNodeRunner(), float, source, requests)) {
      const { logits } = await openCpuExecutor(graph).session.run(images);
      const sorted = agreement(simulateGraph(graph, images).output, logits).sort((a, b) => a - b);
      expect(sorted[4], `${request.recipe} at ${bits} bits: ${sorted.join()}`).toBeGreaterThan(100);
    }
  }
});

/**
 * AdaLog at 8 bits is the exception, for every image: its 256 levels reach 69 octaves down, and a product of 32-bit sums has room for 14 bits of them beside 8-bit
 * weights (input-levels.ts), so levels are rounded to a grid 50 times finer than 8 uniform bits would be. The first product is right to 80 dB; behind it some codes
 * in a hundred fall to the other side. TinyViT with random weights amplifies noise by 25 dB up to the logits, its own quantization noise as well: what the integers
 * lose there is less than what quantizing loses.
 */
test("tiny_vit, adalog at 8 bits: levels beyond what 32-bit sums hold are rounded, by less than quantization rounds", async () => {
  const { float, source, images } = await modelAndImages("tiny_vit");
  const request = { recipe: "adalog", weightBits: 8, activationBits: 8, levels: "strict" } as const;
  const [{ graph }] = await quantizeModels(createWasmNodeRunner(), float, source, [request]);
  const first = "stages.0.blocks.0.add"; // behind conv3, the first to read GELU's levels
  const found = await openCpuExecutor(graph).session.run(images, [first]);
  const wanted = simulateGraph(graph, images, [first]);
  expect(Math.min(...agreement(wanted.taps[first], found.taps[first] as Tensor))).toBeGreaterThan(80);
  const lost = metrics.sqnrDb.measure(runGraph(float, images).output, wanted.output);
  expect(metrics.sqnrDb.measure(wanted.output, found.logits)).toBeGreaterThan(lost);
});
