/**
 * Integers against the float simulation of the same quantizers: what is decided when a plan is made (thresholds of a clipped softmax, levels and offsets of a depthwise
 * convolution) is in the strict reference too, so that only the simulation can tell when it is wrong.
 */
import { expect, test } from "vitest";
import { metrics } from "../metrics/index.ts";
import { identifyModel } from "../models/index.ts";
import { simulateGraph } from "../quant/simulate.ts";
import { goldenModel } from "../testing/golden-models.ts";
import { normalImages } from "../testing/golden-pixels.ts";
import { tensorSource } from "./image-source.ts";
import { createWasmNodeRunner } from "./node-runner.ts";
import { openCpuExecutor } from "./open-executor.ts";
import { quantizeModels } from "./quantize-model.ts";

test.each([
  ["vit-clipped", ["min-max", "repq-vit"]],
  ["tiny_vit", ["min-max", "vitrine"]],
  ["slab", ["min-max", "vitrine"]],
])("%s", async (name, recipes) => {
  const { any, overrides } = await goldenModel(name);
  const float = await identifyModel(any, overrides).build();
  const source = tensorSource(normalImages(4, float.inputShape, 1), float.inputShape, "calibration");
  const requests = recipes.map((recipe) => ({ recipe, weightBits: 8, activationBits: 8, levels: "strict" }) as const);
  const images = normalImages(2, float.inputShape, 2);
  for (const { graph, request } of await quantizeModels(createWasmNodeRunner(), float, source, requests)) {
    const { logits } = await openCpuExecutor(graph).session.run(images);
    // A value at the border of two codes may fall to either side; nearly none does.
    expect(metrics.sqnrDb.measure(simulateGraph(graph, images).output, logits), request.recipe).toBeGreaterThan(60);
  }
});
