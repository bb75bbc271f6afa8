/** Models of every family on the GPU: float within rounding of PyTorch's forward, RepQ-ViT's integers equal to the strict reference. */
import { describe, expect, test } from "vitest";
import { metrics } from "../metrics/index.ts";
import { identifyModel } from "../models/index.ts";
import { goldenModel, goldenStructures } from "../testing/golden-models.ts";
import { normalImages } from "../testing/golden-pixels.ts";
import { nodeGpu } from "../testing/node-gpu-bundle.ts";
import { tensorSource } from "./image-source.ts";
import { adapterFusesMultiplyAdd } from "./probe-arithmetic.ts";
import { quantizeModel } from "../testing/quantize-model.ts";
import { createGpuSession, createReferenceSession } from "./session.ts";

describe.each(goldenStructures)("%s", (name) => {
  test("float and 4-bit integers", async () => {
    const gpu = await nodeGpu();
    const { any, overrides, pixels, output } = await goldenModel(name);
    const float = await identifyModel(any, overrides).build();
    const floatSession = createGpuSession(gpu, float, { mode: "float", execution: "f32" });
    // Exponentials and roots are polynomials in f32, sums are in f32: some last digits of PyTorch's.
    expect(metrics.sqnrDb.measure(output, (await floatSession.run(pixels)).logits)).toBeGreaterThan(90);
    floatSession.destroy();

    const calibration = tensorSource(normalImages(4, float.inputShape, 1), float.inputShape, "calibration");
    const request = { recipe: "repq-vit", weightBits: 4, activationBits: 4, levels: "strict" } as const;
    const { graph } = await quantizeModel(gpu, float, calibration, request);
    const taps = graph.nodes.map(({ name: node }) => node);
    const session = createGpuSession(gpu, graph, { mode: "integer", execution: "f32" });
    const actual = await session.run(pixels, taps);
    session.destroy();
    expect(actual).toEqual(await createReferenceSession(graph, "integer", await adapterFusesMultiplyAdd(gpu)).run(pixels, taps));
  });
});
