import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { readOnnxModel } from "../../formats/onnx/read-model.ts";
import { replaceNodes, type Attributes, type Graph } from "../../graph/graph.ts";
import type { OpName } from "../../graph/ops.ts";
import { randomPixels, randomVit, type RandomVitOptions } from "../../models/random-vit.ts";
import { calibrateAll } from "../../quant/calibrate.ts";
import { recipes } from "../../quant/recipes/index.ts";
import { simulateGraph } from "../../quant/simulate.ts";
import { runGraph } from "../../reference/run-graph.ts";
import { runNode } from "../../reference/index.ts";
import { zeros, type Tensor } from "../../tensor/tensor.ts";
import { relativeError } from "../agreement.ts";
import { includeZero } from "./include-zero.ts";
import { floatLinear } from "./linear-forms.ts";
import { createOnnxBuilder } from "./onnx-builder.ts";
import { unmoved } from "./operand.ts";
import { vitToOnnx, type OnnxForm } from "./vit-to-onnx.ts";

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

/** What onnxruntime's WebGPU provider pays for; counted on SwiftShader in docs/bench/README.md. */
describe("cost", () => {
  const nodesOf = (graph: Graph, form: OnnxForm) => readOnnxModel(Uint8Array.from(vitToOnnx(graph, form)), form).nodes;
  const countOf = (graph: Graph, form: OnnxForm) => {
    const counts: Record<string, number> = {};
    for (const { opType } of nodesOf(graph, form)) counts[opType] = (counts[opType] ?? 0) + 1;
    return counts;
  };
  /** Operators of one block: what two blocks have more than one. Reshape and Squeeze only name the same bytes anew. */
  const blockOf = (form: OnnxForm) => {
    const [one, two] = [1, 2].map((depth) => countOf(randomVit({ ...geometry, depth }), form));
    const more = Object.entries(two).map(([op, count]) => [op, count - (one[op] ?? 0)] as const);
    return Object.fromEntries(more.filter(([op, count]) => count > 0 && op !== "Reshape" && op !== "Squeeze"));
  };
  const shared = { LayerNormalization: 2, Split: 1, Transpose: 4, Mul: 1, MatMul: 2, Softmax: 1, Gelu: 1, Add: 2 };

  test("biases are no operators of their own: 18 dispatches a block in float", () => {
    expect(blockOf("float")).toEqual({ ...shared, Gemm: 4 });
    expect(blockOf("int4")).toEqual({ ...shared, MatMulNBits: 4 });
  });

  test("the embedding ends in a Reshape: a Transpose would wander into every block", () => {
    const nodes = nodesOf(randomVit(geometry), "float");
    const pad = nodes.find(({ opType }) => opType === "Pad");
    expect(nodes.find(({ outputs }) => outputs[0] === pad?.inputs[0])?.opType).toBe("Reshape");
  });

  test("the shapes around a Gemm are stated, so that its results can be written in place", () => {
    const builder = createOnnxBuilder();
    const weight = zeros([3, 2]);
    const layer = {
      name: "fc",
      input: unmoved("x"),
      rows: [7],
      weight,
      bias: undefined,
      inputQuantizer: undefined,
      weightQuantizer: undefined,
    };
    floatLinear(builder, layer);
    expect(builder.values).toEqual([
      { name: "fc.rows", shape: ["batch*7", 2] },
      { name: "fc.result", shape: ["batch*7", 3] },
      { name: "fc", shape: ["batch", 7, 3] },
    ]);
    expect(new TextDecoder("latin1").decode(vitToOnnx(randomVit(geometry), "float"))).toContain("batch*10");
  });

  test("static int8 moves codes, not floats: nothing for onnxruntime to put a further pair of QuantizeLinear around", async () => {
    const nodes = nodesOf(await minMax(randomVit(geometry)), "int8");
    const movers = new Set(["Reshape", "Transpose", "Squeeze"]);
    const madeBy = new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node.opType])));
    for (const { opType, inputs } of nodes) {
      if (opType === "QuantizeLinear") expect(movers).not.toContain(madeBy.get(inputs[0]));
      if (movers.has(opType)) expect(madeBy.get(inputs[0])).not.toBe("DequantizeLinear");
    }
    // Two blocks of eight grids, the patches and the head.
    expect(nodes.filter(({ opType }) => opType === "QuantizeLinear")).toHaveLength(18);
  });
});

const reference: Parameters<typeof calibrateAll>[0]["runNode"] = (node, inputs) => Promise.resolve(runNode(node, inputs));

async function minMax(graph: Graph): Promise<Graph> {
  const [{ graph: quantized }] = await calibrateAll({ graph, images, runNode: reference }, [
    { recipe: recipes["min-max"], levels: "strict", weightBits: 8, activationBits: 8 },
  ]);
  return includeZero(quantized);
}
