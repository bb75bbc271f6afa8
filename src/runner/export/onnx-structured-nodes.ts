/** The ops of convolutional hybrids, windows and the research line in ONNX: calls of the functions in onnx-structures.ts. */
import type { Node } from "../../graph/graph.ts";
import type { OpName } from "../../graph/node.ts";
import { attribute } from "../../graph/ops.ts";
import { OWN_DOMAIN, type OnnxBuilder } from "./onnx-builder.ts";
import type { Lower, OnnxLowering } from "./onnx-lowering.ts";
import { roundActivation, writeWeight } from "./onnx-quantizers.ts";
import {
  depthwiseFunction,
  gatherRowsFunction,
  headGateFunction,
  linearAttentionFunction,
  maxRowsFunction,
  patchifyFunction,
  softmaxPoolFunction,
} from "./onnx-structures.ts";
import type { OnnxFunction } from "../../formats/onnx/onnx-model.ts";

export function call(builder: OnnxBuilder, definition: OnnxFunction, inputs: readonly string[], name: string): string {
  builder.define(definition);
  return builder.op(definition.name, inputs, name, {}, OWN_DOMAIN);
}

function indicesOf({ builder }: OnnxLowering, { name, weights: { indices } }: Node): string {
  return builder.tensor(`${name}.indices`, "int64", indices.shape, indices.data);
}

function headsShape({ builder, graph }: OnnxLowering, rows: string, heads: number): string {
  return builder.shared("int64", [4], [0, 0, heads, (graph.shapes[rows].at(-1) ?? 0) / heads]);
}

export const structuredLowerings: Partial<Record<OpName, Lower>> = {
  GatherRows: (lowering, node, [x]) => {
    const { builder } = lowering;
    const isPadded = node.weights.indices.data.includes(-1);
    return call(builder, gatherRowsFunction(isPadded, builder.opset), [x, indicesOf(lowering, node)], node.name);
  },
  MaxRows: (lowering, node, [x]) =>
    call(lowering.builder, maxRowsFunction(lowering.builder.opset), [x, indicesOf(lowering, node)], node.name),
  DepthwiseConvolution: (lowering, node, [x]) => {
    const { builder } = lowering;
    const { bias, weight } = node.weights;
    const quantizer = node.quantizers?.input;
    const rounded = quantizer ? roundActivation(builder, x, quantizer, `${node.name}.input`, weight.shape[0], 3) : x;
    const inputs = [rounded, indicesOf(lowering, node), writeWeight(builder, node, true)];
    const all = bias ? [...inputs, builder.tensor(`${node.name}.bias`, "float", bias.shape, bias.data)] : inputs;
    return call(builder, depthwiseFunction(bias !== undefined, builder.opset), all, node.name);
  },
  HeadGate: (lowering, node, [x, gates]) => {
    const { builder, graph } = lowering;
    const shape = graph.shapes[node.inputs[1]];
    const heads = headsShape(lowering, node.inputs[0], shape.at(-1) ?? 1);
    return call(builder, headGateFunction(shape.length === 1, builder.opset), [x, gates, heads], node.name);
  },
  LinearAttention: (lowering, node, inputs) => {
    const { builder } = lowering;
    const heads = headsShape(lowering, node.inputs[0], attribute(node, "numHeads"));
    const epsilon = builder.tensor(`${node.name}.epsilon`, "float", [], [attribute(node, "epsilon")]);
    return call(builder, linearAttentionFunction(builder.opset), [...inputs, heads, epsilon], node.name);
  },
  SoftmaxPool: ({ builder }, node, inputs) => call(builder, softmaxPoolFunction(builder.opset), inputs, node.name),
};

/** Patches in rows, for readers other than the product that embeds them. */
export function writePatches({ builder, graph }: OnnxLowering, node: Node, pixels: string): string {
  const [channels, height, width] = graph.inputShape;
  const p = attribute(node, "patchSize");
  const [down, across] = [height / p, width / p];
  const shape = (...dims: readonly number[]) => builder.shared("int64", [dims.length], dims);
  const shapes = [shape(0, channels, down, p, across, p), shape(0, down * across, channels * p * p)];
  return call(builder, patchifyFunction(builder.opset), [pixels, ...shapes], node.name);
}
