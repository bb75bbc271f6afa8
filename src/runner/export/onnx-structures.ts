/**
 * Operations of ours that ONNX has no one operator for, as functions inside the file, which every runtime inlines: what a convolution or a window reads, gates
 * of heads, attention without softmax, poolings. A reader that knows us takes them back by name (src/models/onnx/own-functions.ts).
 * Rows [B,N,D] have the batch axis in front; index -1 is the row that is put behind the last.
 */
import type { OnnxFunction, OnnxNode } from "../../formats/onnx/onnx-model.ts";
import { OWN_DOMAIN } from "./onnx-builder.ts";

const node = (opType: string, inputs: readonly string[], output: string, attributes: OnnxNode["attributes"] = {}): OnnxNode => ({
  name: "",
  opType,
  domain: "",
  inputs,
  outputs: [output],
  attributes,
});

function definition(name: string, inputs: readonly string[], opset: number, nodes: readonly OnnxNode[]): OnnxFunction {
  return { name, domain: OWN_DOMAIN, inputs, outputs: ["y"], attributes: [], opsets: { "": opset }, nodes };
}

const integers = (output: string, ...values: readonly number[]) => node("Constant", [], output, { value_ints: values });

/** `x` with one more row, of zeros or of a value, under the name "padded". */
const padded = (value?: number): readonly OnnxNode[] => [
  integers("pads", 0, 0, 0, 0, 1, 0),
  ...(value === undefined ? [] : [node("Constant", [], "padding", { value_float: value })]),
  node("Pad", value === undefined ? ["x", "pads"] : ["x", "pads", "padding"], "padded"),
];

/** ReduceMax and ReduceMean state their axes as an attribute before opset 18, as an input since. */
function reduced(opType: string, x: string, output: string, axis: number, keepdims: 0 | 1, opset: number): readonly OnnxNode[] {
  if (opset < 18) return [node(opType, [x], output, { axes: [axis], keepdims })];
  return [integers(`${output}_axes`, axis), node(opType, [x, `${output}_axes`], output, { keepdims })];
}

/** x [B,N,D], indices [M,G] -> [B,M,G*D]. */
export function gatherRowsFunction(isPadded: boolean, opset: number): OnnxFunction {
  return definition(isPadded ? "GatherRowsPadded" : "GatherRows", ["x", "indices"], opset, [
    ...(isPadded ? padded() : []),
    node("Gather", [isPadded ? "padded" : "x", "indices"], "rows", { axis: 1 }),
    integers("shape", 0, 0, -1),
    node("Reshape", ["rows", "shape"], "y"),
  ]);
}

const LOWEST = -3.4028234663852886e38;

/** x [B,N,D], indices [M,G] -> [B,M,D]: the largest of each column. */
export function maxRowsFunction(opset: number): OnnxFunction {
  return definition("MaxRows", ["x", "indices"], opset, [
    ...padded(LOWEST),
    node("Gather", ["padded", "indices"], "rows", { axis: 1 }),
    ...reduced("ReduceMax", "rows", "y", 2, 0, opset),
  ]);
}

/** x [B,N,C], indices [M,G], weight [G,C], bias [C] -> [B,M,C]. */
export function depthwiseFunction(hasBias: boolean, opset: number): OnnxFunction {
  const inputs = ["x", "indices", "weight", ...(hasBias ? ["bias"] : [])];
  return definition(hasBias ? "DepthwiseConvolutionBias" : "DepthwiseConvolution", inputs, opset, [
    ...padded(),
    node("Gather", ["padded", "indices"], "rows", { axis: 1 }),
    node("Mul", ["rows", "weight"], "products"),
    integers("taps", 2),
    node("ReduceSum", ["products", "taps"], hasBias ? "sums" : "y", { keepdims: 0 }),
    ...(hasBias ? [node("Add", ["sums", "bias"], "y")] : []),
  ]);
}

/** x [B,N,D], gates [B,N,H] or [B,H] of an image, heads [0,0,H,D/H] -> each head times the sigmoid of its gate. */
export function headGateFunction(ofImage: boolean, opset: number): OnnxFunction {
  return definition(ofImage ? "HeadGateOfImage" : "HeadGate", ["x", "gates", "heads"], opset, [
    node("Reshape", ["x", "heads"], "parted"),
    node("Sigmoid", ["gates"], "factors"),
    integers("axes", ...(ofImage ? [1, 3] : [3])),
    node("Unsqueeze", ["factors", "axes"], "spread"),
    node("Mul", ["parted", "spread"], "gated"),
    integers("shape", 0, 0, -1),
    node("Reshape", ["gated", "shape"], "y"),
  ]);
}

/** q, k, v [B,N,D], heads [0,0,H,D/H], epsilon -> q (k^T v) / (q . sum k + epsilon), head by head. */
export function linearAttentionFunction(opset: number): OnnxFunction {
  const parted = (x: string) => [
    node("Reshape", [x, "heads"], `${x}_parted`),
    node("Transpose", [`${x}_parted`], `${x}_heads`, { perm: [0, 2, 1, 3] }),
  ];
  return definition("LinearAttention", ["q", "k", "v", "heads", "epsilon"], opset, [
    ...["q", "k", "v"].flatMap(parted),
    node("Transpose", ["k_heads"], "k_columns", { perm: [0, 1, 3, 2] }),
    node("MatMul", ["k_columns", "v_heads"], "state"),
    node("MatMul", ["q_heads", "state"], "weighted"),
    integers("columns", 3),
    node("ReduceSum", ["k_columns", "columns"], "total", { keepdims: 1 }),
    node("MatMul", ["q_heads", "total"], "weights"),
    node("Add", ["weights", "epsilon"], "divisor"),
    node("Div", ["weighted", "divisor"], "mean"),
    node("Transpose", ["mean"], "rows", { perm: [0, 2, 1, 3] }),
    integers("shape", 0, 0, -1),
    node("Reshape", ["rows", "shape"], "y"),
  ]);
}

/** scores [B,N,1], x [B,N,D] -> [B,D]: rows weighted by the softmax of their scores. */
export function softmaxPoolFunction(opset: number): OnnxFunction {
  return definition("SoftmaxPool", ["scores", "x"], opset, [
    node("Softmax", ["scores"], "weights", { axis: 1 }),
    node("Transpose", ["weights"], "row", { perm: [0, 2, 1] }),
    node("MatMul", ["row", "x"], "pooled"),
    integers("shape", 0, -1),
    node("Reshape", ["pooled", "shape"], "y"),
  ]);
}

/** x / sqrt(mean(x^2) + epsilon) * scale + bias; ONNX has it since opset 23. */
export function rmsNormFunction(opset: number): OnnxFunction {
  return definition("RmsNormalization", ["x", "scale", "bias", "epsilon"], opset, [
    node("Mul", ["x", "x"], "squares"),
    ...reduced("ReduceMean", "squares", "mean", -1, 1, opset),
    node("Add", ["mean", "epsilon"], "sum"),
    node("Sqrt", ["sum"], "root"),
    node("Div", ["x", "root"], "normal"),
    node("Mul", ["normal", "scale"], "scaled"),
    node("Add", ["scaled", "bias"], "y"),
  ]);
}

/** clip(softmax(x) * factor + gamma, 0, 1), factor = zeta - gamma. */
export function clippedSoftmaxFunction(opset: number): OnnxFunction {
  return definition("ClippedSoftmax", ["x", "factor", "gamma"], opset, [
    node("Softmax", ["x"], "probabilities", { axis: -1 }),
    node("Mul", ["probabilities", "factor"], "stretched"),
    node("Add", ["stretched", "gamma"], "moved"),
    node("Constant", [], "low", { value_float: 0 }),
    node("Constant", [], "high", { value_float: 1 }),
    node("Clip", ["moved", "low", "high"], "y"),
  ]);
}

/** x * scale + bias for each column: kept apart from what computes x, because others read that too. */
export function affineFunction(opset: number): OnnxFunction {
  return definition("Affine", ["x", "scale", "bias"], opset, [node("Mul", ["x", "scale"], "scaled"), node("Add", ["scaled", "bias"], "y")]);
}

/** pixels [B,C,H,W], cut [0,C,h,p,w,p], rows [0,h*w,C*p*p] -> patches in rows. */
export function patchifyFunction(opset: number): OnnxFunction {
  return definition("Patchify", ["x", "cut", "rows"], opset, [
    node("Reshape", ["x", "cut"], "parted"),
    node("Transpose", ["parted"], "moved", { perm: [0, 2, 4, 1, 3, 5] }),
    node("Reshape", ["moved", "rows"], "y"),
  ]);
}
