/** From files to integers for every geometry and convention that opens: float against the CPU reference, strict integers against the strict reference. */
import { expect, test } from "vitest";
import { openModelFiles } from "../formats/open-model.ts";
import { identifyModel } from "../models/index.ts";
import { runGraph } from "../reference/run-graph.ts";
import { nodeGpu } from "../testing/node-gpu-bundle.ts";
import { modelSources, syntheticVit, type SyntheticOptions } from "../testing/synthetic-model.ts";
import { seededNormal } from "../tensor/random.ts";
import { tensor } from "../tensor/tensor.ts";
import { tensorSource } from "./image-source.ts";
import type { Plan } from "./plan.ts";
import { adapterFusesMultiplyAdd } from "./probe-arithmetic.ts";
import { quantizeModel } from "../testing/quantize-model.ts";
import { createGpuSession, createReferenceSession } from "./session.ts";

const geometries: Readonly<Record<string, SyntheticOptions>> = {
  "width 90 in 5 heads, patch 5": { embedDim: 90, numHeads: 5, mlpDim: 130, patchSize: 5, imageSize: [15, 15], seed: 3 },
  "one head, one block, wide MLP": { embedDim: 20, numHeads: 1, depth: 1, mlpDim: 200, seed: 4 },
  "not square, no qkv bias": { imageSize: [24, 16], qkvBias: false, seed: 5 },
  "distilled, Hugging Face names": { naming: "huggingface", distilled: true, seed: 6 },
  "registers, LayerScale, positions without them": { registerTokens: 4, layerScale: true, positions: "class-and-patches", seed: 7 },
  "no class token, mean pooling, tanh GELU": { classToken: false, pooling: "mean", gelu: "tanh", positions: "patches", seed: 8 },
  "101 tokens, head width 6, 1000 classes": { imageSize: [40, 40], embedDim: 12, numHeads: 2, numClasses: 1000, depth: 1, seed: 9 },
};

const requests = [
  { recipe: "repq-vit", weightBits: 4, activationBits: 4, levels: "strict" },
  { recipe: "min-max", weightBits: 8, activationBits: 8, levels: "strict" },
  { recipe: "repq-vit", weightBits: 2, activationBits: 3, levels: "strict" },
] as const;

const kernelsOf = ({ steps }: Plan) => steps.map(({ kernel }) => kernel);

test.each(Object.entries(geometries))("%s", async (_name, options) => {
  const gpu = await nodeGpu();
  // The kernels that an adapter of hardware gets: attention in workgroup memory, packed dots.
  const hardware = { ...gpu, isSoftware: false };
  const { build, card } = identifyModel(await openModelFiles(modelSources(syntheticVit(options))));
  const graph = await build();
  const [channels, height, width] = graph.inputShape;
  const pixels = (count: number, seed: number) =>
    tensor([count, channels, height, width], Float32Array.from({ length: count * channels * height * width }, seededNormal(seed)));
  const images = pixels(3, 11);
  const float = createGpuSession(gpu, graph, { mode: "float", execution: "f32", maxImages: 2 });
  const hardwareFloat = createGpuSession(hardware, graph, { mode: "float", execution: "f32" });
  expect(kernelsOf(await hardwareFloat.prepare(3))).toContain("attention-tile-f32");
  const expected = runGraph(graph, images).output.data;
  const top = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  for (const session of [float, hardwareFloat]) {
    const actual = (await session.run(images)).logits.data;
    actual.forEach((value, i) => expect(Math.abs(value - expected[i]) / top, `float logit ${i}`).toBeLessThan(1e-4));
    session.destroy();
    expect(card.config.numClasses * 3).toBe(actual.length);
  }

  const fused = await adapterFusesMultiplyAdd(gpu);
  const taps = graph.nodes.map(({ name }) => name);
  for (const request of requests) {
    const quantized = await quantizeModel(gpu, graph, tensorSource(pixels(4, 12), graph.inputShape, "calibration"), request);
    const integer = createGpuSession(gpu, quantized.graph, { mode: "integer", execution: "f32" });
    const reference = createReferenceSession(quantized.graph, "integer", fused);
    const [a, b] = [await integer.run(images, taps), await reference.run(images, taps)];
    for (const [name, { data }] of Object.entries(a.taps)) expect(data, `${request.recipe} ${name}`).toEqual(b.taps[name].data);
    expect(a.logits.data).toEqual(b.logits.data);
    // Without taps attention is one dispatch.
    expect((await integer.run(images)).logits.data).toEqual(b.logits.data);
    integer.destroy();
    const onHardware = createGpuSession(hardware, quantized.graph, { mode: "integer", execution: "dot" });
    expect(kernelsOf(await onHardware.prepare(3))).toEqual(expect.arrayContaining(["attention-tile-codes", "gemm-codes-dot"]));
    expect((await onHardware.run(images)).logits.data).toEqual(b.logits.data);
    onHardware.destroy();
  }
});
