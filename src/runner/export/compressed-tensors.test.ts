import { describe, expect, test } from "vitest";
import { fromBytes } from "../../formats/byte-source.ts";
import { openSafetensors } from "../../formats/safetensors.ts";
import type { RecipeName } from "../../quant/recipes/index.ts";
import { simulateGraph } from "../../quant/simulate.ts";
import { expectCode } from "../../testing/expect-code.ts";
import { openSynthetic, quantizeSmall, smallPixels } from "../../testing/quantized-vit.ts";
import type { SyntheticOptions } from "../../testing/synthetic-model.ts";
import { storedBits } from "../../formats/stored-dtype.ts";
import { elementCount } from "../../tensor/tensor.ts";
import type { ExportResult } from "./export-format.ts";
import { roundedWeight } from "./onnx-quantizers.ts";
import type { Graph } from "../../graph/graph.ts";
import { identifyModel } from "../../models/index.ts";
import { calibrate } from "../../quant/calibrate.ts";
import { recipes } from "../../quant/recipes/index.ts";
import { runNode } from "../../reference/index.ts";
import { goldenModel } from "../../testing/golden-models.ts";
import { normalImages } from "../../testing/golden-pixels.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { openModel } from "../open-model.ts";
import { exportModel } from "./index.ts";

const sourcesOf = ({ files }: ExportResult) => files.map(({ name, bytes }) => fromBytes(bytes, name));

/** Bytes of all tensors but the shapes. */
async function storedBytes(result: ExportResult): Promise<number> {
  const store = await openSafetensors(sourcesOf(result)[0]);
  const sizes = store.names
    .filter((name) => !name.endsWith("weight_shape"))
    .map((name) => (elementCount(store.shape(name)) * storedBits[store.dtype(name)]) / 8);
  return sizes.reduce((sum, size) => sum + size, 0);
}

const cases: readonly (readonly [string, SyntheticOptions, RecipeName, number, number, string])[] = [
  ["int8 with static inputs, in Hugging Face's names", {}, "min-max", 8, 8, "int-quantized"],
  ["packed codes of 4 bits, two heads", { distilled: true }, "percentile", 4, 8, "pack-quantized"],
  ["6 bits, which fill no word", {}, "min-max", 6, 6, "pack-quantized"],
  ["timm's names", { pooling: "mean", registerTokens: 2, gelu: "tanh" }, "min-max", 4, 4, "pack-quantized"],
];

test.each(cases)("%s", async (_name, options, recipe, weightBits, activationBits, format) => {
  const { card, graph: float } = await openSynthetic({ depth: 1, ...options });
  const { graph, request } = await quantizeSmall(float, recipe, weightBits, activationBits);
  const result = await exportModel("compressed-tensors", { graph, card, request });
  expect(result.check.quantizersCompared).toBeGreaterThan(4);
  expect(await storedBytes(result)).toBe(result.payloadBytes);
  const config = JSON.parse(new TextDecoder().decode(result.files[1].bytes)) as Record<string, { format: string }>;
  expect(config.quantization_config.format).toContain(format);

  const opened = await openModel(sourcesOf(result));
  expect(opened.card).toMatchObject({
    family: card.family,
    config: { ...card.config, epsilon: card.config.epsilon },
    weightDtype: `int${weightBits}`,
  });
  expect(opened.card.preprocessing).toMatchObject({ ...card.preprocessing, rounding: "huggingface" });
  await expectSame(result, graph, smallPixels);
});

/** The files compute what the graph does with the quantizers that the layout holds; other weights are stored on their levels. */
async function expectSame(result: ExportResult, graph: Graph, images: Tensor): Promise<void> {
  // Attention and the patch embedding's input have no place in the layout; the embedding's weight is stored on its levels.
  const reread = await (await openModel(sourcesOf(result))).build();
  const kept = graph.nodes.map(({ quantizers = {}, ...node }) => {
    const own = reread.nodes.find(({ name }) => name === node.name)?.quantizers ?? {};
    const isRounded = quantizers.weight && !own.weight;
    const weights = isRounded ? { ...node.weights, weight: roundedWeight(node.weights.weight, quantizers.weight) } : node.weights;
    return { ...node, weights, quantizers: Object.fromEntries(Object.entries(quantizers).filter(([site]) => site in own)) };
  });
  const wanted = simulateGraph({ ...graph, nodes: kept }, images).output;
  expect(simulateGraph(reread, images).output).toEqual(wanted);
}

async function quantizedGolden(name: string, bits: number) {
  const { any, overrides } = await goldenModel(name);
  const { card, build } = identifyModel(any, overrides);
  const float = await build();
  const request = { weightBits: bits, activationBits: bits, levels: "strict" } as const;
  const onCpu = (node: Parameters<typeof runNode>[0], inputs: Parameters<typeof runNode>[1]) => Promise.resolve(runNode(node, inputs));
  const calibration = normalImages(4, float.inputShape, 1);
  const { graph } = await calibrate({ graph: float, images: calibration, recipe: recipes["min-max"], runNode: onCpu, ...request });
  return { card, graph, request: { recipe: "min-max", ...request } };
}

describe.each([
  "beit",
  "beit-shared",
  "clip",
  "dinov2-registers",
  "dinov2-swiglu",
  "dinov2-hf-up",
  "mae",
  "siglip",
  "swin",
  "swin-features",
  "vit-clipped",
  "vit-gated",
  "vit-rms",
])("%s", (name) => {
  test.each([8, 4])("%i bits, in names that its own family opens", async (bits) => {
    const { card, graph, request } = await quantizedGolden(name, bits);
    const result = await exportModel("compressed-tensors", { graph, card, request });
    expect(result.check.quantizersCompared).toBeGreaterThan(8);
    expect(await storedBytes(result)).toBe(result.payloadBytes);
    await expectSame(result, graph, normalImages(2, graph.inputShape, 2));
  });
});

test.each(["cct", "mobilevit", "slab", "tiny_vit", "vit-batchnorm", "clip-hf-classifier"])("%s is refused, and why", async (name) => {
  const error = await expectCode("EXPORT_UNSUPPORTED", async () => exportModel("compressed-tensors", await quantizedGolden(name, 8)));
  expect(error.why).toMatch(/no place for/);
});

test("networks without a place in the layout are refused", async () => {
  const { card, graph: float } = await openSynthetic({ depth: 1 });
  await expectCode("EXPORT_UNSUPPORTED", () => exportModel("compressed-tensors", { graph: float, card, request: null }));
  const { graph, request } = await quantizeSmall(float, "fq-vit", 8, 8);
  await expectCode("EXPORT_UNSUPPORTED", () => exportModel("compressed-tensors", { graph, card, request }));
});
