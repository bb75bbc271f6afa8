/** A Vision Transformer's graph as an ONNX model, in the operators that exporters write; the batch stays open. */
import { INPUT, outputName, type Graph, type Node } from "../../graph/graph.ts";
import { attribute } from "../../graph/ops.ts";
import type { OpName } from "../../graph/node.ts";
import { encodeTensor } from "../../quant/schemes/encode.ts";
import { InputError } from "../../tensor/input-error.ts";
import { addAttentionOutput, addAttentionScores } from "./attention-nodes.ts";
import { BATCH, blockLinear, dynamicLinear, floatLinear, qdqLinear, type LinearForm } from "./linear-forms.ts";
import { createOnnxBuilder } from "./onnx-builder.ts";
import { encodeOnnx } from "./onnx-model.ts";
import { moved, unmoved, type Operand } from "./operand.ts";
import { dequantizedWeight, quantizedValue } from "./quantize-linear.ts";
import type { WriterContext } from "./writer-context.ts";

export type OnnxForm = "float" | "int8" | "dynamic" | "int4";

/** Names as transformers.js asks for them. */
export const ONNX_INPUT = "pixel_values";
export const ONNX_OUTPUT = "logits";

const LINEAR_FORMS: Readonly<Record<OnnxForm, LinearForm>> = {
  float: floatLinear,
  int8: qdqLinear,
  dynamic: dynamicLinear,
  int4: blockLinear,
};

/** Gelu is an operator from 20 on. */
const OPSETS = { "": 20, "com.microsoft": 1 };

interface Context extends WriterContext {
  readonly linear: LinearForm;
}

/**
 * The bytes of a .onnx file: `pixel_values` [batch,C,H,W] -> `logits` [batch,classes]. "int8" needs uniform quantizers of 8 bits whose ranges include 0.
 * Throws InputError ONNX_NOT_WRITABLE for what has no such form.
 */
export function vitToOnnx(graph: Graph, form: OnnxForm): Uint8Array {
  const builder = createOnnxBuilder();
  const context: Context = {
    graph,
    builder,
    linear: LINEAR_FORMS[form],
    isStatic: form === "int8",
    parts: new Map(),
    unwritten: new Map(),
  };
  for (const node of graph.nodes) addNode(context, node);
  const output = outputName(graph);
  if (output !== ONNX_OUTPUT) builder.node("Identity", [output], ONNX_OUTPUT);
  return encodeOnnx({
    name: graph.name,
    input: { name: ONNX_INPUT, shape: [BATCH, ...graph.inputShape] },
    output: { name: ONNX_OUTPUT, shape: [BATCH, ...graph.shapes[output]] },
    values: builder.values,
    nodes: builder.nodes,
    initializers: builder.initializers,
    opsets: OPSETS,
  });
}

/** What the writer knows of each operation; another attribute (windows, integer arithmetic) would change what is computed. */
const KNOWN_ATTRIBUTES: Readonly<Partial<Record<OpName, readonly string[]>>> = {
  Patchify: ["patchSize"],
  LayerNormalization: ["epsilon"],
  AttentionScores: ["numHeads", "scale"],
  Gelu: ["approximate"],
  Gather: ["index"],
  ReduceMean: ["start"],
};

function addNode(context: Context, node: Node): void {
  const { builder, graph } = context;
  const { name, weights } = node;
  const unknown = Object.keys(node.attributes).find((each) => !KNOWN_ATTRIBUTES[node.op]?.includes(each));
  if (unknown !== undefined) throw notWritable(node, `the attribute ${unknown} of ${node.op}`);
  const operands = node.inputs.map((input) => context.unwritten.get(input) ?? unmoved(input === INPUT ? ONNX_INPUT : input));
  if (node.op === "Gemm") return addGemm(context, node, operands[0]);
  const inputs = operands.map(moved);
  switch (node.op) {
    case "Patchify":
      return; // written with the layer that reads it, as a convolution
    case "PrependTokens": {
      // x: [B,P,D] -> zero rows in front -> + [1,T+P,D]
      const tokens = weights.prefix.shape[0];
      const [rows, width] = graph.shapes[name];
      const embedding = new Float32Array(rows * width);
      embedding.set(weights.prefix.data);
      embedding.set(weights.positions.data, weights.prefix.data.length);
      const padded = builder.node("Pad", [inputs[0], builder.integers([0, tokens, 0, 0, 0, 0])], `${name}.padded`);
      builder.node("Add", [padded, builder.floats(`${name}.embedding`, { shape: [1, rows, width], data: embedding })], name);
      return;
    }
    case "LayerNormalization": {
      const constants = [builder.floats(`${name}.scale`, weights.scale), builder.floats(`${name}.bias`, weights.bias)];
      builder.node("LayerNormalization", [inputs[0], ...constants], name, { axis: -1, epsilon: { float: attribute(node, "epsilon") } });
      return;
    }
    case "AttentionScores":
      return addAttentionScores(context, node);
    case "Softmax":
      builder.node("Softmax", inputs, name, { axis: -1 });
      return;
    case "AttentionOutput":
      return addAttentionOutput(context, node);
    case "Gelu":
      return addGelu(context, node, inputs[0]);
    case "Add":
      builder.node("Add", inputs, name);
      return;
    case "Gather": {
      const index = attribute(node, "index");
      const data = BigInt64Array.of(BigInt(index));
      builder.node("Gather", [inputs[0], builder.constant({ name: `index ${index}`, type: "int64", shape: [], data })], name, { axis: 1 });
      return;
    }
    case "ReduceMean": {
      const ends = [attribute(node, "start"), graph.shapes[node.inputs[0]][0], 1];
      const bounds = ends.map((end) => builder.integers([end]));
      const rows = builder.node("Slice", [inputs[0], bounds[0], bounds[1], builder.integers([1])], `${name}.rows`);
      builder.node("ReduceMean", [rows, builder.integers([1])], name, { keepdims: 0 });
      return;
    }
    default:
      throw notWritable(node, `the operation ${node.op}`);
  }
}

function addGelu({ builder }: Context, { name, attributes: { approximate } }: Node, input: string): void {
  if (approximate !== "sigmoid") builder.node("Gelu", [input], name, { approximate: approximate === "tanh" ? "tanh" : "none" });
  else {
    // QuickGELU: x * sigmoid(1.702 x)
    const scaled = builder.node("Mul", [input, builder.scalar("quick_gelu", 1.702)], `${name}.scaled`);
    builder.node("Mul", [input, builder.node("Sigmoid", [scaled], `${name}.gate`)], name);
  }
}

function addGemm(context: Context, node: Node, input: Operand): void {
  const { builder, graph, linear, isStatic } = context;
  const { name, weights, quantizers } = node;
  const source = graph.nodes.find((each) => each.name === node.inputs[0]);
  if (source?.op === "Patchify") return addPatchEmbedding(context, node, attribute(source, "patchSize"));
  const bias = Object.hasOwn(weights, "bias") ? weights.bias : undefined;
  const rows = graph.shapes[name].slice(0, -1);
  const layer = { name, input, rows, weight: weights.weight, bias, inputQuantizer: quantizers?.input, weightQuantizer: quantizers?.weight };
  if (isStatic && (!layer.inputQuantizer || !layer.weightQuantizer)) throw notWritable(node, "a layer without quantizers");
  linear(builder, layer);
}

/**
 * pixels [B,C,H,W] -> Conv of stride p: [B,D,H/p,W/p] -> [B,H/p,W/p,D] -> [B,P,D]. In this order, because WebGPU's convolutions give [B,H/p,W/p,D], and
 * because onnxruntime shifts a Transpose that comes last past the additions into every block.
 */
function addPatchEmbedding({ builder, graph, isStatic }: Context, node: Node, patchSize: number): void {
  const { name, weights, quantizers } = node;
  const [channels] = graph.inputShape;
  const width = weights.weight.shape[0];
  const shape = [width, channels, patchSize, patchSize];
  let [input, weight] = [ONNX_INPUT, ""];
  if (isStatic && quantizers?.input && quantizers.weight) {
    input = quantizedValue(builder, unmoved(ONNX_INPUT), quantizers.input, `${name}.input`);
    weight = dequantizedWeight(builder, name, encodeTensor(weights.weight, quantizers.weight).data, shape, 0, quantizers.weight);
  } else weight = builder.floats(`${name}.weight`, { shape, data: weights.weight.data });
  const bias = Object.hasOwn(weights, "bias") ? [builder.floats(`${name}.bias`, weights.bias)] : [];
  const size = [patchSize, patchSize];
  const map = builder.node("Conv", [input, weight, ...bias], `${name}.map`, { kernel_shape: size, strides: size });
  const pixels = builder.node("Transpose", [map], `${name}.last`, { perm: [0, 2, 3, 1] });
  builder.node("Reshape", [pixels, builder.integers([0, -1, width])], name);
}

function notWritable(node: Node, why: string): InputError {
  return new InputError("ONNX_NOT_WRITABLE", {
    what: `${node.name} has no ONNX form here.`,
    why: `The benchmark's writer does not know ${why}.`,
    next: "This variant is left out of the benchmark; the others are measured.",
  });
}
