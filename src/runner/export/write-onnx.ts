/** A graph as an .onnx file: float, with QuantizeLinear and DequantizeLinear, or with MatMulNBits. */
import type { OnnxModel } from "../../formats/onnx/onnx-model.ts";
import { writeOnnxModel } from "../../formats/onnx/write-model.ts";
import { INPUT, outputName, type Graph } from "../../graph/graph.ts";
import { expandedBias } from "../../reference/attention-bias.ts";
import { createOnnxBuilder, OWN_DOMAIN } from "./onnx-builder.ts";
import type { OnnxLowering } from "./onnx-lowering.ts";
import { lowerNode, plainProduct } from "./onnx-nodes.ts";

/** What readers look for: transformers.js and optimum call the input and output so. */
const PIXELS = "pixel_values";
const LOGITS = "logits";

/** The same graph as ONNX can hold it: biases of attention, which we look up in tables, as whole maps; one window as none. */
export function onnxGraph(graph: Graph): Graph {
  const nodes = graph.nodes.map((node) => {
    if (node.op === "AttentionBias") return { ...node, weights: { bias: expandedBias(node.weights) } };
    const { windows, ...attributes } = node.attributes;
    return windows === 1 ? { ...node, attributes } : node;
  });
  return { ...graph, nodes };
}

export interface WrittenOnnx {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly model: OnnxModel;
}

export function writeOnnx(graph: Graph, opset: number, product: OnnxLowering["product"] = plainProduct): WrittenOnnx {
  const builder = createOnnxBuilder(opset);
  const lowering: OnnxLowering = { builder, graph, values: new Map([[INPUT, INPUT]]), thirds: new Map(), product };
  for (const node of graph.nodes) lowerNode(lowering, node);
  const last = lowering.values.get(outputName(graph)) ?? "";
  const rename = (name: string) => (name === last ? LOGITS : name === INPUT ? PIXELS : name);
  const uses = (domain: string) => builder.nodes.some((node) => node.domain === domain);
  const model: OnnxModel = {
    // The version of the file format that came with the operator set.
    irVersion: opset >= 21 ? 10 : 8,
    producer: "vitrine",
    opsets: { "": opset, ...(uses(OWN_DOMAIN) ? { [OWN_DOMAIN]: 1 } : {}), ...(uses("com.microsoft") ? { "com.microsoft": 1 } : {}) },
    metadata: {},
    graphName: graph.name,
    nodes: builder.nodes.map((node) => ({ ...node, inputs: node.inputs.map(rename), outputs: node.outputs.map(rename) })),
    initializers: builder.tensors,
    inputs: [{ name: PIXELS, type: "float", dims: ["batch", ...graph.inputShape] }],
    outputs: [{ name: LOGITS, type: "float", dims: ["batch", ...graph.shapes[outputName(graph)]] }],
    functions: builder.functions,
  };
  return { bytes: writeOnnxModel(model), model };
}
