/**
 * Networks whose operators multiply integer codes, as onnxruntime's quantization writes them: products of our own export are rewritten so, then onnxruntime
 * runs the file and the import must give its logits.
 */
import { describe, expect, test } from "vitest";
import { fromBytes } from "../../formats/byte-source.ts";
import type { OnnxAttribute, OnnxModel, OnnxNode, OnnxTensor, OnnxType } from "../../formats/onnx/onnx-model.ts";
import { onnxTensor, writeOnnxModel } from "../../formats/onnx/write-model.ts";
import { openModelFiles } from "../../formats/open-model.ts";
import type { Graph } from "../../graph/graph.ts";
import { metrics } from "../../metrics/index.ts";
import { identifyModel } from "../../models/index.ts";
import { schemeOf } from "../../quant/schemes/index.ts";
import { simulateGraph } from "../../quant/simulate.ts";
import { runOnnx } from "../../testing/onnxruntime.ts";
import { randomPixels, randomVit } from "../../testing/random-vit.ts";
import { roundTiesToEven } from "../../tensor/rounding.ts";
import { tensor } from "../../tensor/tensor.ts";
import { writeOnnx } from "./write-onnx.ts";

const images = randomPixels(1, 16, 3);
const graph = randomVit({ image: 16, patch: 8, dim: 16, depth: 1, heads: 2, mlp: 24, classes: 4, seed: 5 });
const written = writeOnnx(graph, 17).model;
const floatLogits = simulateGraph(graph, images).output;

/** Signed codes of 7 bits (onnxruntime's kernels for older processors overflow with 8), with a scale for each column of [K,N], or one for all. */
function codesOf(dims: readonly number[], data: Float32Array, perColumn: boolean) {
  const n = dims[dims.length - 1];
  const largest = new Float32Array(n);
  data.forEach((value, i) => (largest[i % n] = Math.max(largest[i % n], Math.abs(value))));
  const overall = largest.reduce((most, value) => Math.max(most, value), 0);
  const scale = perColumn ? largest.map((value) => value / 63) : Float32Array.of(overall / 63);
  return { scale, codes: data.map((value, i) => roundTiesToEven(value / scale[perColumn ? i % n : 0])) };
}

const weightOf = ({ initializers }: OnnxModel, name: string): OnnxTensor | undefined =>
  initializers.find((stored) => stored.name === name && stored.dims.length === 2);

/** Rewrites each product with a constant weight, and gives the file. */
function rewritten(replace: (node: OnnxNode, weight: OnnxTensor, add: Adder) => OnnxNode[]): Uint8Array<ArrayBuffer> {
  const initializers = [...written.initializers];
  const domains = new Set<string>();
  const add: Adder = (name, type, dims, values) => {
    initializers.push(onnxTensor(name, type, dims, values));
    return name;
  };
  const nodes = written.nodes.flatMap((node) => {
    const weight = node.opType === "MatMul" ? weightOf(written, node.inputs[1]) : undefined;
    if (!weight) return [node];
    const made = replace(node, weight, add);
    for (const { domain } of made) domains.add(domain);
    return made;
  });
  const opsets = { ...written.opsets, ...(domains.has("com.microsoft") ? { "com.microsoft": 1 } : {}) };
  return writeOnnxModel({ ...written, nodes, initializers, opsets });
}

type Adder = (name: string, type: OnnxType, dims: readonly number[], values: ArrayLike<number>) => string;

const op = (
  opType: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, OnnxAttribute>> = {},
  domain = "",
): OnnxNode => ({ name: outputs[0], opType, domain, inputs, outputs, attributes });

/** A weight's values, as the rest of the export has them. */
function storedWeight({ name }: OnnxTensor): Float32Array {
  const { shape, data } =
    graph.nodes.find((node) => name.startsWith(`${node.name}.`))?.weights.weight ?? tensor([0, 0], new Float32Array(0));
  const [n, k] = shape;
  return Float32Array.from({ length: n * k }, (_, i) => data[(i % n) * k + Math.floor(i / n)]);
}

async function imported(bytes: Uint8Array<ArrayBuffer>) {
  const model = identifyModel(await openModelFiles([fromBytes(bytes, "m.onnx")]));
  return { ...model, graph: await model.build() };
}

/** Signal to noise of the import against onnxruntime, in dB. */
async function agreement(bytes: Uint8Array<ArrayBuffer>, found: Graph): Promise<number> {
  const wanted = tensor(floatLogits.shape, Float32Array.from(await runOnnx(bytes, images)));
  return metrics.sqnrDb.measure(wanted, simulateGraph(found, images).output);
}

describe.each([false, true])("a scale for each column: %s", (perColumn) => {
  test("dynamic quantization: the weights' codes exactly, activations in float", async () => {
    const bytes = rewritten((node, weight, add) => {
      const { codes, scale } = codesOf(weight.dims, storedWeight(weight), perColumn);
      const [x] = node.inputs;
      const [output] = node.outputs;
      const grid = perColumn ? [scale.length] : [];
      const names = ["codes", "scale", "zero", "product", "float", "scales"].map((part) => `${output}.${part}`);
      const [q, s, z, integers, floats, scales] = names;
      return [
        op("DynamicQuantizeLinear", [x], [q, s, z]),
        op(
          "MatMulInteger",
          [q, add(`${output}.w`, "int8", weight.dims, codes), z, add(`${output}.wz`, "int8", grid, new Float32Array(scale.length))],
          [integers],
        ),
        op("Cast", [integers], [floats], { to: 1 }),
        op("Mul", [s, add(`${output}.ws`, "float", grid, scale)], [scales]),
        op("Mul", [floats, scales], [output]),
      ];
    });
    const { card, notes, graph: found } = await imported(bytes);
    expect(card.quantization).toMatchObject({ weightBits: 8, activationBits: 32 });
    expect(notes.join()).toContain("run time");
    const { weights, quantizers } = found.nodes.find(({ name }) => name.endsWith("mlp.fc1")) ?? {};
    if (!weights || !quantizers?.weight) throw new Error("no quantized weight");
    expect(new Set(quantizers.weight.scale).size).toBe(perColumn ? 24 : 1);
    expect(schemeOf(quantizers.weight).fakeQuantize(weights.weight, quantizers.weight)).toEqual(weights.weight);
    // What 8-bit activations move; a wrong scale or zero point would leave less than 20 dB.
    expect(await agreement(bytes, found)).toBeGreaterThan(30);
  });

  test("QLinearMatMul: the same codes for activations too", async () => {
    const bytes = rewritten((node, weight, add) => {
      const { codes, scale } = codesOf(weight.dims, storedWeight(weight), perColumn);
      const [x] = node.inputs;
      const [output] = node.outputs;
      const grid = perColumn ? [scale.length] : [];
      const inputGrid = [add(`${output}.xs`, "float", [], [0.04]), add(`${output}.xz`, "uint8", [], [120])];
      const coarse = [add(`${output}.os`, "float", [], [0.05]), add(`${output}.oz`, "uint8", [], [128])];
      const weights = [
        add(`${output}.w`, "int8", weight.dims, codes),
        add(`${output}.ws`, "float", grid, scale),
        add(`${output}.wz`, "int8", grid, new Float32Array(scale.length)),
      ];
      return [
        op("QuantizeLinear", [x, ...inputGrid], [`${output}.codes`]),
        op("QLinearMatMul", [`${output}.codes`, ...inputGrid, ...weights, ...coarse], [`${output}.result`]),
        op("DequantizeLinear", [`${output}.result`, ...coarse], [output]),
      ];
    });
    const { card, graph: found } = await imported(bytes);
    expect(card.quantization).toMatchObject({ weightBits: 8, activationBits: 8 });
    expect(found.nodes.find(({ name }) => name.endsWith("mlp.fc1"))?.quantizers?.input).toMatchObject({ zeroPoint: Float32Array.of(120) });
    // The rounding of each product's output, which is left out and said, is of 0.05.
    expect(await agreement(bytes, found)).toBeGreaterThan(25);
  });
});

test("ConvInteger: the patch embedding of dynamic quantization", async () => {
  const conv = written.nodes.find(({ opType }) => opType === "Conv");
  const values = graph.nodes.find(({ name }) => name === "patch_embed.proj")?.weights.weight.data;
  if (!conv || !values) throw new Error("the export has no convolution");
  const step = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 63;
  const initializers = [
    ...written.initializers,
    onnxTensor(
      "w",
      "uint8",
      [16, 3, 8, 8],
      values.map((value) => roundTiesToEven(value / step) + 64),
    ),
    onnxTensor("wz", "uint8", [], [64]),
    onnxTensor("ws", "float", [], [step]),
    onnxTensor("b", "float", [1, 16, 1, 1], graph.nodes.find(({ name }) => name === "patch_embed.proj")?.weights.bias.data ?? []),
  ];
  const made = [
    op("DynamicQuantizeLinear", [conv.inputs[0]], ["q", "s", "z"]),
    op("ConvInteger", ["q", "w", "z", "wz"], ["integers"], conv.attributes),
    op("Cast", ["integers"], ["floats"], { to: 1 }),
    op("Mul", ["s", "ws"], ["scales"]),
    op("Mul", ["floats", "scales"], ["scaled"]),
    op("Add", ["scaled", "b"], [conv.outputs[0]]),
  ];
  const nodes = written.nodes.flatMap((node) => (node === conv ? made : [node]));
  const bytes = writeOnnxModel({ ...written, nodes, initializers });
  const { graph: found } = await imported(bytes);
  expect(found.nodes.find(({ name }) => name === "patch_embed.proj")?.quantizers?.weight?.bits).toBe(8);
  expect(await agreement(bytes, found)).toBeGreaterThan(30);
});

test("MatMulIntegerToFloat and DynamicQuantizeMatMul of onnxruntime's optimizer", async () => {
  for (const opType of ["DynamicQuantizeMatMul", "MatMulIntegerToFloat"]) {
    const bytes = rewritten((node, weight, add) => {
      const { codes, scale } = codesOf(weight.dims, storedWeight(weight), false);
      const [x] = node.inputs;
      const [output] = node.outputs;
      const w = add(`${output}.w`, "int8", weight.dims, codes);
      const [ws, wz] = [add(`${output}.ws`, "float", [1], scale), add(`${output}.wz`, "int8", [1], [0])];
      if (opType === "DynamicQuantizeMatMul") return [op(opType, [x, w, ws, wz], [output], {}, "com.microsoft")];
      const [q, s, z] = ["codes", "scale", "zero"].map((part) => `${output}.${part}`);
      return [op("DynamicQuantizeLinear", [x], [q, s, z]), op(opType, [q, w, s, ws, z, wz], [output], {}, "com.microsoft")];
    });
    const { graph: found } = await imported(bytes);
    expect(await agreement(bytes, found)).toBeGreaterThan(30);
  }
});
