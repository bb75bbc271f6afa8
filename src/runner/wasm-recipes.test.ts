import { expect, test } from "vitest";
import { recipes } from "../quant/recipes/index.ts";
import { smallImages, smallVit } from "../testing/small-vit.ts";
import { tensorSource } from "./image-source.ts";
import { createWasmNodeRunner } from "./node-runner.ts";
import { openCpuExecutor } from "./open-executor.ts";
import { quantizeModels } from "./quantize-model.ts";
import { createReferenceSession } from "./session.ts";

const small = smallVit();
const pixels = smallImages(12);
const taps = small.nodes.map(({ name }) => name);

// Calibrated and run without an adapter; each recipe lowers to kernels and forms of its own.
test.each(Object.keys(recipes))("%s, 4 bits: every word of the strict reference", async (recipe) => {
  const request = { recipe, weightBits: 4, activationBits: 4, levels: "strict" } as const;
  const [{ graph }] = await quantizeModels(createWasmNodeRunner(), small, tensorSource(pixels, small.inputShape, "calibration"), [request]);
  const opened = openCpuExecutor(graph);
  const actual = await opened.session.run(pixels, taps);
  const mode = opened.note === null ? "integer" : "simulated";
  expect(actual).toEqual(await createReferenceSession(graph, mode, false).run(pixels, taps));
});
