/** A Vision Transformer's graph as an ONNX model, in the operators that exporters write; the batch stays open. */
import { INPUT, outputName, type Graph, type Node } from "../../graph/graph.ts";
import { attribute } from "../../graph/ops.ts";
import type { OpName } from "../../graph/node.ts";
import { encodeTensor } from "../../quant/schemes/encode.ts";
import { InputError } from "../../tensor/input-error.ts";
import { blockLinear, dynamicLinear, floatLinear, qdqLinear, type LinearForm } from "./linear-forms.ts";
import { createOnnxBuilder, type OnnxBuilder } from "./onnx-builder.ts";
import { encodeOnnx } from "./onnx-model.ts";
import { dequantizedWeight, quantizedValue } from "./quantize-linear.ts";

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

interface Context {
  readonly graph: Graph;
  readonly builder: OnnxBuilder;
  readonly linear: LinearForm;
  /** Only the static form quantizes what is no linear layer: patches and the products of attention. */
  readonly isStatic: boolean;
  /** qkv value -> its three parts, [B,N,A] each. */
  readonly parts: Map<string, readonly string[]>;
}

/**
 * The bytes of a .onnx file: `pixel_values` [batch,C,H,W] -> `logits` [batch,classes]. "int8" needs uniform quantizers of 8 bits whose ranges include 0.
 * Throws InputError ONNX_NOT_WRITABLE for what has no such form.
 */
export function vitToOnnx(graph: Graph, form: OnnxForm): Uint8Array {
  const builder = createOnnxBuilder();
  const context: Context = { graph, builder, linear: LINEAR_FORMS[form], isStatic: form === "int8", parts: new Map() };
  for (const node of graph.nodes) addNode(context, node);
  const output = outputName(graph);
  if (output !== ONNX_OUTPUT) builder.node("Identity", [output], ONNX_OUTPUT);
  return encodeOnnx({
    name: graph.name,
    input: { name: ONNX_INPUT, shape: graph.inputShape },
    output: { name: ONNX_OUTPUT, shape: graph.shapes[output] },
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
  const inputs = node.inputs.map((input) => (input === INPUT ? ONNX_INPUT : input));
  switch (node.op) {
    case "Patchify":
      return; // written with the layer that reads it, as a convolution
    case "Gemm":
      return addGemm(context, node, inputs[0]);
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
      return addScores(context, node);
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

function addGemm(context: Context, node: Node, input: string): void {
  const { builder, graph, linear, isStatic } = context;
  const { name, weights, quantizers } = node;
  const source = graph.nodes.find((each) => each.name === node.inputs[0]);
  if (source?.op === "Patchify") return addPatchEmbedding(context, node, attribute(source, "patchSize"));
  const layer = { name, input, weight: weights.weight, inputQuantizer: quantizers?.input, weightQuantizer: quantizers?.weight };
  if (isStatic && (!layer.inputQuantizer || !layer.weightQuantizer)) throw notWritable(node, "a layer without quantizers");
  const product = linear(builder, layer);
  if (Object.hasOwn(weights, "bias")) builder.node("Add", [product, builder.floats(`${name}.bias`, weights.bias)], name);
  else builder.node("Identity", [product], name);
}

/** pixels [B,C,H,W] -> Conv of stride p: [B,D,H/p,W/p] -> [B,D,P] -> [B,P,D] */
function addPatchEmbedding({ builder, graph, isStatic }: Context, node: Node, patchSize: number): void {
  const { name, weights, quantizers } = node;
  const [channels] = graph.inputShape;
  const width = weights.weight.shape[0];
  const shape = [width, channels, patchSize, patchSize];
  let [input, weight] = [ONNX_INPUT, ""];
  if (isStatic && quantizers?.input && quantizers.weight) {
    input = quantizedValue(builder, ONNX_INPUT, quantizers.input, `${name}.input`);
    weight = dequantizedWeight(builder, name, encodeTensor(weights.weight, quantizers.weight).data, shape, 0, quantizers.weight);
  } else weight = builder.floats(`${name}.weight`, { shape, data: weights.weight.data });
  const bias = Object.hasOwn(weights, "bias") ? [builder.floats(`${name}.bias`, weights.bias)] : [];
  const size = [patchSize, patchSize];
  const map = builder.node("Conv", [input, weight, ...bias], `${name}.map`, { kernel_shape: size, strides: size });
  const columns = builder.node("Reshape", [map, builder.integers([0, width, -1])], `${name}.columns`);
  builder.node("Transpose", [columns], name, { perm: [0, 2, 1] });
}

/** qkv: [B,N,3A] -> query [B,H,N,Dh] * scale . key [B,H,Dh,N] -> [B,H,N,N] */
function addScores(context: Context, node: Node): void {
  const { builder } = context;
  const { name, quantizers } = node;
  const heads = attribute(node, "numHeads");
  const [queries, keys] = partsOf(context, node.inputs[0]);
  const query = headsOf(context, queries, heads, `${name}.query`, [0, 2, 1, 3]);
  const key = headsOf(context, keys, heads, `${name}.key`, [0, 2, 3, 1]);
  const operands = [rounded(context, query, quantizers?.query, `${name}.query`), rounded(context, key, quantizers?.key, `${name}.key`)];
  const product = builder.node("MatMul", operands, `${name}.product`);
  builder.node("Mul", [product, builder.scalar(`${name}.scale`, attribute(node, "scale"))], name);
}

/** probabilities [B,H,N,N] . value [B,H,N,Dh] -> [B,N,A] */
function addAttentionOutput(context: Context, node: Node): void {
  const { builder, graph } = context;
  const { name, inputs, quantizers } = node;
  const [heads] = graph.shapes[inputs[0]];
  const values = partsOf(context, inputs[1])[2];
  const value = headsOf(context, values, heads, `${name}.value`, [0, 2, 1, 3]);
  const operands = [
    rounded(context, inputs[0], quantizers?.probabilities, `${name}.probabilities`),
    rounded(context, value, quantizers?.value, `${name}.value`),
  ];
  const byHead = builder.node("MatMul", operands, `${name}.by_head`);
  const byToken = builder.node("Transpose", [byHead], `${name}.by_token`, { perm: [0, 2, 1, 3] });
  builder.node("Reshape", [byToken, builder.integers([0, 0, graph.shapes[name][1]])], name);
}

function partsOf({ builder, parts }: Context, qkv: string): readonly string[] {
  const known = parts.get(qkv);
  if (known) return known;
  const made = builder.outputs("Split", [qkv], `${qkv}.part`, 3, { axis: -1, num_outputs: 3 });
  parts.set(qkv, made);
  return made;
}

/** [B,N,A] -> [B,N,H,Dh] -> permuted */
function headsOf({ builder }: Context, part: string, heads: number, name: string, perm: readonly number[]): string {
  const split = builder.node("Reshape", [part, builder.integers([0, 0, heads, -1])], `${name}.split`);
  return builder.node("Transpose", [split], `${name}.heads`, { perm });
}

function rounded({ builder, isStatic }: Context, value: string, quantizer: NonNullable<Node["quantizers"]>["query"], name: string): string {
  return isStatic && quantizer ? quantizedValue(builder, value, quantizer, name) : value;
}

function notWritable(node: Node, why: string): InputError {
  return new InputError("ONNX_NOT_WRITABLE", {
    what: `${node.name} has no ONNX form here.`,
    why: `The benchmark's writer does not know ${why}.`,
    next: "This variant is left out of the benchmark; the others are measured.",
  });
}
