/** Models of every family, calibrated and run without an adapter: integers give every word of the strict reference. */
import { describe, expect, test } from "vitest";
import { fromBytes } from "../formats/byte-source.ts";
import type { Node } from "../graph/graph.ts";
import { identifyModel } from "../models/index.ts";
import { goldenModel, goldenStructures } from "../testing/golden-models.ts";
import { normalImages } from "../testing/golden-pixels.ts";
import { tensorSource } from "./image-source.ts";
import { integerObstacle } from "./integer-obstacle.ts";
import { createWasmNodeRunner } from "./node-runner.ts";
import { openCpuExecutor } from "./open-executor.ts";
import { openModel } from "./open-model.ts";
import { writePackage } from "./package.ts";
import { quantizeModels } from "./quantize-model.ts";
import { createReferenceSession } from "./session.ts";

/** The decoded weights of a package lie on their grids. */
const withoutWeights = ({ weights: _weights, ...node }: Node) => node;

const RECIPES = ["min-max", "repq-vit", "gptq", "vitrine"];

describe.each(goldenStructures)("%s", (name) => {
  test("4 bits by four recipes, in integers", async () => {
    const { any, overrides } = await goldenModel(name);
    const { card, build } = identifyModel(any, overrides);
    const float = await build();
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
      if (request.recipe !== "repq-vit") continue;
      const reopened = await openModel([fromBytes(writePackage(graph, card, request), "package.safetensors")]);
      expect(reopened.card.output).toBe(card.output);
      expect((await reopened.build()).nodes.map(withoutWeights)).toEqual(graph.nodes.map(withoutWeights));
      expect((await openCpuExecutor(await reopened.build()).session.run(one)).logits).toEqual(actual.logits);
    }
  });
});
