/** Layers of different bits in one plan: producers write codes for readers of another width, and q, k differ from v. */
import { expect, test } from "vitest";
import { nodeGpu } from "../testing/node-gpu-bundle.ts";
import { randomPixels, randomVit } from "../testing/random-vit.ts";
import { tensorSource } from "./image-source.ts";
import { integerObstacle } from "./integer-obstacle.ts";
import { adapterFusesMultiplyAdd } from "./probe-arithmetic.ts";
import { quantizeModel } from "../testing/quantize-model.ts";
import { createGpuSession, createReferenceSession } from "./session.ts";

const float = randomVit({ image: 16, patch: 4, dim: 24, depth: 2, heads: 3, mlp: 40, classes: 10, seed: 1 });
const WIDTHS = [2, 8, 3, 6, 4];
const products = float.nodes.filter(({ op }) => ["Gemm", "AttentionScores", "AttentionOutput"].includes(op));
/** Neighbours never alike, weights and activations neither. */
const alternating = Object.fromEntries(
  products.map(({ name }, i) => [name, { weights: WIDTHS[i % WIDTHS.length], activations: WIDTHS[(i + 2) % WIDTHS.length] }]),
);
const base = { weightBits: 3, activationBits: 3, levels: "strict" } as const;

test.each([
  { ...base, recipe: "repq-vit", layerBits: alternating },
  { ...base, recipe: "lrp-qvit" },
])("$recipe: integers equal the strict reference in every word", async (request) => {
  const gpu = await nodeGpu();
  const images = randomPixels(4, 16, 9);
  const quantized = await quantizeModel(gpu, float, tensorSource(images, float.inputShape, "calibration"), request);
  const bits = new Set(quantized.graph.nodes.map(({ quantizers }) => quantizers?.weight?.bits));
  expect(bits.size).toBeGreaterThan(2);
  expect(quantized.request.layerBits).toEqual(quantized.report.layerBits);
  expect(integerObstacle(quantized.graph)).toBe(null);
  const taps = float.nodes.map(({ name }) => name);
  const reference = await createReferenceSession(quantized.graph, "integer", await adapterFusesMultiplyAdd(gpu)).run(images, taps);
  const session = createGpuSession(gpu, quantized.graph, { mode: "integer", execution: "f32" });
  expect(await session.run(images, taps)).toEqual(reference);
  session.destroy();
});
