/** Models of every family, calibrated and run without an adapter: integers give every word of the strict reference. */
import { describe, expect, test } from "vitest";
import { identifyModel } from "../models/index.ts";
import { goldenModel, goldenNames } from "../testing/golden-models.ts";
import { normalImages } from "../testing/golden-pixels.ts";
import { tensorSource } from "./image-source.ts";
import { integerObstacle } from "./integer-obstacle.ts";
import { createWasmNodeRunner } from "./node-runner.ts";
import { openCpuExecutor } from "./open-executor.ts";
import { quantizeModels } from "./quantize-model.ts";
import { createReferenceSession } from "./session.ts";

const RECIPES = ["min-max", "repq-vit", "gptq", "vitrine"];

describe.each(goldenNames)("%s", (name) => {
  test("4 bits by four recipes, in integers", async () => {
    const { any, overrides } = await goldenModel(name);
    const float = await identifyModel(any, overrides).build();
    const images = normalImages(4, float.inputShape, 1);
    const one = normalImages(1, float.inputShape, 2);
    const requests = RECIPES.map((recipe) => ({ recipe, weightBits: 4, activationBits: 4, levels: "strict" }) as const);
    const quantized = await quantizeModels(createWasmNodeRunner(), float, tensorSource(images, float.inputShape, "calibration"), requests);
    for (const { graph, request } of quantized) {
      expect([request.recipe, integerObstacle(graph)]).toEqual([request.recipe, null]);
      const taps = graph.nodes.map(({ name: node }) => node);
      const actual = await openCpuExecutor(graph).session.run(one, taps);
      const expected = await createReferenceSession(graph, "integer", false).run(one, taps);
      expect(actual).toEqual(expected);
    }
  });
});
