/** Models of every family as ONNX: onnxruntime gives their logits, and the file is the same model when it is opened again. */
import { describe, expect, test } from "vitest";
import { fromBytes } from "../../formats/byte-source.ts";
import type { OnnxModel, OnnxTensor } from "../../formats/onnx/onnx-model.ts";
import { readOnnxModel } from "../../formats/onnx/read-model.ts";
import { onnxTensor, writeOnnxModel } from "../../formats/onnx/write-model.ts";
import { identifyModel } from "../../models/index.ts";
import { calibrate } from "../../quant/calibrate.ts";
import { recipes, type RecipeName } from "../../quant/recipes/index.ts";
import { simulateGraph } from "../../quant/simulate.ts";
import { runNode } from "../../reference/index.ts";
import { runGraph } from "../../reference/run-graph.ts";
import { goldenModel, goldenStructures } from "../../testing/golden-models.ts";
import { normalImages } from "../../testing/golden-pixels.ts";
import { runOnnx } from "../../testing/onnxruntime.ts";
import { expectCode } from "../../testing/expect-code.ts";
import { InputError } from "../../tensor/input-error.ts";
import { elementCount } from "../../tensor/tensor.ts";
import { openModel } from "../open-model.ts";
import { exportModel } from "./index.ts";

const COUNT = 6;

const settings: readonly (readonly [format: string, recipe: RecipeName, bits: number])[] = [
  ["onnx-qdq", "repq-vit", 8],
  ["onnx-qdq", "ptq4vit", 4],
  ["onnx-nbits", "min-max", 4],
  ["encodings", "repq-vit", 8],
];

/** Largest |difference| of each image's outputs, relative to the largest of all, sorted. */
function differences(a: ArrayLike<number>, b: ArrayLike<number>): number[] {
  expect(a.length).toBe(b.length);
  const row = b.length / COUNT;
  const largest = Array.from(b).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const of = (image: number) =>
    Array.from({ length: row }, (_, i) => Math.abs(a[image * row + i] - b[image * row + i])).reduce(
      (most, value) => Math.max(most, value),
      0,
    );
  return Array.from({ length: COUNT }, (_, image) => of(image) / largest).sort((x, y) => x - y);
}

describe.each(goldenStructures)("%s", (name) => {
  test("float", async () => {
    const { any, overrides } = await goldenModel(name);
    const { card, build } = identifyModel(any, overrides);
    const graph = await build();
    const images = normalImages(COUNT, graph.inputShape, 2);
    const wanted = runGraph(graph, images).output.data;
    const { files, check } = await exportModel("onnx", { graph, card, request: null });
    expect(check.largestWeightDifference).toBe(0);
    // f32 sums in another order, through up to a dozen layers.
    expect(differences(await runOnnx(files[0].bytes, images), wanted).at(-1)).toBeLessThan(1e-5);
    const opened = await openModel([fromBytes(files[0].bytes, files[0].name)]);
    expect(opened.card).toMatchObject({ naming: "onnx", config: { imageSize: card.config.imageSize, channels: 3 } });
    expect(differences(runGraph(await opened.build(), images).output.data, wanted).at(-1)).toBeLessThan(1e-6);
  });

  test.each(settings)("%s, %s at %i bits", async (format, recipe, bits) => {
    const { any, overrides } = await goldenModel(name);
    const { card, build } = identifyModel(any, overrides);
    const float = await build();
    const request = { weightBits: bits, activationBits: bits, levels: "strict" } as const;
    const calibration = normalImages(4, float.inputShape, 1);
    const onCpu = (node: Parameters<typeof runNode>[0], inputs: Parameters<typeof runNode>[1]) => Promise.resolve(runNode(node, inputs));
    const { graph } = await calibrate({ graph: float, images: calibration, recipe: recipes[recipe], runNode: onCpu, ...request });
    const { files, check } = await exportModel(format, { graph, card, request: { recipe, ...request } });
    expect(check.quantizersCompared).toBeGreaterThan(4);
    if (format === "encodings") return;
    const images = normalImages(COUNT, graph.inputShape, 2);
    const wanted = simulateGraph(graph, images).output.data;
    // A value at the border of two codes may fall to the other side: one image in six, by some codes.
    const sorted = differences(await runOnnx(files[0].bytes, images), wanted);
    expect(sorted[COUNT - 2]).toBeLessThan(1e-5);
    expect(sorted[COUNT - 1]).toBeLessThan(0.5);
  });
});

test("our functions with other contents than we write are refused when the file is opened", async () => {
  const written = async (name: string) => {
    const { any, overrides } = await goldenModel(name);
    const { card, build } = identifyModel(any, overrides);
    const { files } = await exportModel("onnx", { graph: await build(), card, request: null });
    return readOnnxModel(files[0].bytes, "m.onnx");
  };
  const [hybrid, linear] = [await written("tiny_vit"), await written("slab")];
  const open = (model: OnnxModel) => openModel([fromBytes(writeOnnxModel(model), "m.onnx")]);
  const replaced = (model: OnnxModel, name: RegExp, change: (tensor: OnnxTensor) => OnnxTensor) => ({
    ...model,
    initializers: model.initializers.map((tensor) => (name.test(tensor.name) ? change(tensor) : tensor)),
  });
  const filled = (value: number) => (tensor: OnnxTensor) =>
    onnxTensor(
      tensor.name,
      "int64",
      tensor.dims,
      Array.from({ length: elementCount(tensor.dims) }, () => value),
    );
  await open(hybrid);
  await expectCode("ONNX_INVALID", () => open(replaced(hybrid, /indices$/, filled(4096))));
  await expectCode("ONNX_INVALID", () => open(replaced(hybrid, /indices$/, filled(-2))));
  const heads = linear.nodes.find(({ opType }) => opType === "LinearAttention")?.inputs[3] ?? "";
  const isHeads = new RegExp(`^${heads.replaceAll(/[[\],]/g, "\\$&")}$`);
  await expectCode("ONNX_INVALID", () => open(replaced(linear, isHeads, (tensor) => onnxTensor(tensor.name, "int64", [4], [0, 0, 7, 1]))));
  const swapped = linear.nodes.map((node) =>
    node.opType === "LinearAttention" ? { ...node, inputs: node.inputs.toSpliced(1, 1, "head") } : node,
  );
  await expect(open({ ...linear, nodes: swapped })).rejects.toBeInstanceOf(InputError);
});
