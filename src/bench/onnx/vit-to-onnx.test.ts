import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { replaceNodes, type Attributes, type Graph } from "../../graph/graph.ts";
import type { OpName } from "../../graph/ops.ts";
import { randomPixels, randomVit, type RandomVitOptions } from "../../models/random-vit.ts";
import { calibrateAll } from "../../quant/calibrate.ts";
import { recipes } from "../../quant/recipes/index.ts";
import { simulateGraph } from "../../quant/simulate.ts";
import { runGraph } from "../../reference/run-graph.ts";
import { runNode } from "../../reference/index.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { relativeError } from "../agreement.ts";
import { includeZero } from "./include-zero.ts";
import { vitToOnnx } from "./vit-to-onnx.ts";

const geometry: RandomVitOptions = { image: 24, patch: 8, dim: 64, depth: 2, heads: 2, mlp: 96, classes: 10, seed: 3 };
const images = randomPixels(3, geometry.image, 5);

async function runOnnx(bytes: Uint8Array, pixels: Tensor): Promise<Float32Array> {
  const session = await InferenceSession.create(bytes, { executionProviders: ["cpu"], intraOpNumThreads: 1 });
  const feeds = { pixel_values: new OrtTensor("float32", pixels.data, [...pixels.shape]) };
  const { logits } = await session.run(feeds);
  await session.release();
  if (!(logits.data instanceof Float32Array)) throw new Error("logits are no floats");
  expect(logits.dims).toEqual([pixels.shape[0], geometry.classes]);
  return logits.data;
}

describe("float", () => {
  test.each<[string, Partial<RandomVitOptions>]>([
    ["class token", {}],
    ["mean pooling", { pooling: "mean" }],
    ["two prefix tokens, two heads", { pooling: "distilled", prefix: 2 }],
    ["tanh GELU, no prefix", { gelu: "tanh", prefix: 0, pooling: "mean" }],
  ])("%s: onnxruntime computes what our float reference does", async (_name, change) => {
    await checkFloat(randomVit({ ...geometry, ...change }));
  });

  test("QuickGELU is written out", async () => {
    await checkFloat(changed(randomVit(geometry), "Gelu", { approximate: "sigmoid" }));
  });

  test("an attribute that the writer does not know is refused instead of forgotten", () => {
    const windowed = changed(randomVit({ ...geometry, prefix: 0, pooling: "mean" }), "AttentionScores", { windows: 3 });
    expect(() => vitToOnnx(windowed, "float")).toThrow("the attribute windows of AttentionScores");
  });

  async function checkFloat(graph: Graph) {
    const logits = await runOnnx(vitToOnnx(graph, "float"), images);
    // Sums of at most 192 products in f32, eight layers deep: 1e-5 is some eighty roundings.
    expect(relativeError(logits, runGraph(graph, images).output.data)).toBeLessThan(1e-5);
  }
});

/** Every node of an op with other attributes. */
function changed(graph: Graph, op: OpName, attributes: Attributes): Graph {
  const nodes = graph.nodes.filter((node) => node.op === op);
  return replaceNodes(graph, new Map(nodes.map((node) => [node.name, { ...node, attributes: { ...node.attributes, ...attributes } }])));
}

describe("quantized", () => {
  const graph = randomVit(geometry);
  const float = runGraph(graph, images).output.data;

  test("static int8 is our own 8-bit quantization, rounding by rounding", async () => {
    const quantized = await minMax(graph);
    const logits = await runOnnx(vitToOnnx(quantized, "int8"), images);
    const ours = simulateGraph(quantized, images).output.data;
    // The same codes; where f32 and f64 fall on two sides of a rounding border, one code in 255 differs.
    expect(relativeError(logits, ours)).toBeLessThan(2e-3);
    // 8 bits themselves cost more than that: the comparison would notice a variant that forgot to round.
    expect(relativeError(float, ours)).toBeGreaterThan(4e-3);
  });

  test("blocks of 4 bits and dynamic int8 stay near the float model", async () => {
    const blocks = relativeError(await runOnnx(vitToOnnx(graph, "int4"), images), float);
    // A step of 1/7 of the largest weight of 32: about 0.3/sqrt(12) of a weight's own spread per layer.
    expect(blocks).toBeGreaterThan(0.01);
    expect(blocks).toBeLessThan(0.4);
    const dynamic = relativeError(await runOnnx(vitToOnnx(graph, "dynamic"), images), float);
    expect(dynamic).toBeGreaterThan(1e-4);
    expect(dynamic).toBeLessThan(0.05);
  });

  test("what eight uniform bits cannot express is refused", async () => {
    expect(() => vitToOnnx(graph, "int8")).toThrow("has no ONNX form");
    const [fourBits] = await calibrateAll({ graph, images, runNode: reference }, [
      { recipe: recipes["min-max"], levels: "strict", weightBits: 4, activationBits: 4 },
    ]);
    expect(() => vitToOnnx(fourBits.graph, "int8")).toThrow("4 bits");
  });
});

const reference: Parameters<typeof calibrateAll>[0]["runNode"] = (node, inputs) => Promise.resolve(runNode(node, inputs));

async function minMax(graph: Graph): Promise<Graph> {
  const [{ graph: quantized }] = await calibrateAll({ graph, images, runNode: reference }, [
    { recipe: recipes["min-max"], levels: "strict", weightBits: 8, activationBits: 8 },
  ]);
  return includeZero(quantized);
}
