/** Functions of our own exports (src/runner/export/onnx-structures.ts), taken back as the nodes that they stand for. */
import type { OnnxNode } from "../../formats/onnx/onnx-model.ts";
import { INPUT } from "../../graph/graph.ts";
import { elementCount, sameShape, type Tensor } from "../../tensor/tensor.ts";
import { asTensor, numbersOf, scalarOf, type Constant } from "./constant.ts";
import type { Handler, Trace } from "./handler.ts";
import { constantOperand, moved, operand, viewOperand } from "./operands.ts";
import { quantizersOf, weightOf } from "./product.ts";
import { broken, unsupported } from "./unsupported.ts";
import { outputView, runsOf, shapeOf, type Pending, type Value } from "./value.ts";

export const ownFunctions: Readonly<Record<string, Handler>> = {
  "vitrine.Patchify": (node, [x, cut], trace) => {
    const pixels = viewOperand(node, x);
    const patchSize = numbersOf(constantOperand(node, cut, "a shape"))[3];
    const isWhole = pixels.source === null && pixels.samples === null && pixels.offset === 0 && runsOf(pixels).length === 1;
    if (!isWhole) throw unsupported(node, "cuts patches out of something else than the whole image");
    const [, channels, height, width] = shapeOf(pixels);
    if (!(patchSize > 0 && height % patchSize === 0 && width % patchSize === 0))
      throw broken(node, `patches of ${patchSize} are cut out of an image of ${height}x${width}`);
    const shape = [(height / patchSize) * (width / patchSize), channels * patchSize ** 2];
    return outputView(trace.make({ op: "Patchify", inputs: [INPUT], shape, attributes: { patchSize } }));
  },
  "vitrine.GatherRows": gatherRows,
  "vitrine.GatherRowsPadded": gatherRows,
  "vitrine.MaxRows": (node, [x, indices], trace) => {
    const source = rowsOf(node, x, trace);
    const { shape, read } = indicesOf(node, indices, source);
    return outputView(trace.make({ op: "MaxRows", inputs: [source], shape: [shape[0], source.shape[1]], weights: { indices: read } }));
  },
  "vitrine.DepthwiseConvolution": depthwise,
  "vitrine.DepthwiseConvolutionBias": depthwise,
  "vitrine.HeadGate": headGate,
  "vitrine.HeadGateOfImage": headGate,
  "vitrine.LinearAttention": (node, [q, k, v, heads, epsilon], trace) => {
    const inputs = [q, k, v].map((value) => rowsOf(node, value, trace));
    const numHeads = numbersOf(constantOperand(node, heads, "a shape"))[2];
    const [first] = inputs;
    if (!(numHeads > 0 && first.shape[1] % numHeads === 0) || inputs.some(({ shape }) => !sameShape(shape, first.shape)))
      throw broken(node, `${numHeads} heads meet ${inputs.map(({ shape }) => `[${shape.join(",")}]`).join(", ")}`);
    const attributes = { numHeads, epsilon: numberOf(node, epsilon) };
    return outputView(trace.make({ op: "LinearAttention", inputs, shape: inputs[2].shape, attributes }));
  },
  "vitrine.SoftmaxPool": (node, [scores, x], trace) => {
    const inputs = [rowsOf(node, scores, trace), rowsOf(node, x, trace)];
    if (!sameShape(inputs[0].shape, [inputs[1].shape[0], 1])) throw broken(node, `scores are [${inputs[0].shape.join(",")}]`);
    return outputView(trace.make({ op: "SoftmaxPool", inputs, shape: [inputs[1].shape[1]] }));
  },
  "vitrine.RmsNormalization": (node, [x, scale, bias, epsilon], trace) => {
    const view = viewOperand(node, x);
    const source = trace.read(view, node);
    const width = source.shape.at(-1) ?? 1;
    const [gains, shifts] = [scale, bias].map((value) => vectorOf(node, value, width));
    const attributes = { epsilon: numberOf(node, epsilon), centred: 0 };
    const weights = { scale: gains, bias: shifts };
    return moved(view, outputView(trace.make({ op: "LayerNormalization", inputs: [source], shape: source.shape, attributes, weights })));
  },
  "vitrine.Affine": (node, [x, scale, bias], trace) => {
    const view = viewOperand(node, x);
    const source = trace.read(view, node);
    const width = source.shape.at(-1) ?? 1;
    const weights = { scale: vectorOf(node, scale, width), bias: vectorOf(node, bias, width) };
    return moved(view, outputView(trace.make({ op: "Affine", inputs: [source], shape: source.shape, weights })));
  },
  "vitrine.ClippedSoftmax": (node, [x, factor, gamma]) => {
    const scores = operand(node, x);
    if (scores.kind !== "scores") throw unsupported(node, "is a Softmax of something else than attention scores");
    const low = numberOf(node, gamma);
    return { ...scores, kind: "probabilities", stretch: { gamma: low, zeta: Number((numberOf(node, factor) + low).toPrecision(7)) } };
  },
};

function gatherRows(node: OnnxNode, [x, indices]: readonly (Value | null)[], trace: Trace): Value {
  const source = rowsOf(node, x, trace);
  const { shape, read } = indicesOf(node, indices, source);
  return outputView(
    trace.make({ op: "GatherRows", inputs: [source], shape: [shape[0], shape[1] * source.shape[1]], weights: { indices: read } }),
  );
}

function depthwise(node: OnnxNode, [x, indices, kernel, bias]: readonly (Value | null)[], trace: Trace): Value {
  const view = viewOperand(node, x);
  const source = rowsOf(node, { ...view, quantizer: null }, trace);
  const { shape, read } = indicesOf(node, indices, source);
  const weight = weightOf(node, constantOperand(node, kernel, "a weight"), 1);
  const channels = source.shape[1];
  if (weight.shape[0] !== channels || weight.shape[1] !== shape[1])
    throw broken(node, `a kernel [${weight.shape.join(",")}] meets ${channels} channels and ${shape[1]} taps`);
  return outputView(
    trace.make({
      op: "DepthwiseConvolution",
      inputs: [source],
      shape: [shape[0], channels],
      weights: { weight: weight.data, indices: read, ...(bias ? { bias: vectorOf(node, bias, channels) } : {}) },
      quantizers: () => quantizersOf(view.quantizer, weight.quantizer()),
    }),
  );
}

function headGate(node: OnnxNode, [x, gates]: readonly (Value | null)[], trace: Trace): Value {
  const inputs = [rowsOf(node, x, trace), trace.read(viewOperand(node, gates), node)];
  const [rows, width] = inputs[0].shape;
  const gateShape = inputs[1].shape;
  const fits = width % (gateShape.at(-1) ?? 0) === 0 && (gateShape.length === 1 || gateShape[0] === rows);
  if (!fits) throw broken(node, `gates [${gateShape.join(",")}] meet [${rows},${width}]`);
  return outputView(trace.make({ op: "HeadGate", inputs, shape: inputs[0].shape }));
}

/** The node that computes rows [N,D]. */
function rowsOf(node: OnnxNode, value: Value | null | undefined, trace: Trace): Pending {
  const source = trace.read(viewOperand(node, value), node);
  if (source.shape.length !== 2) throw unsupported(node, `reads [${source.shape.join(",")}], where rows of tokens are needed`);
  return source;
}

/** Sizes [M,G] of indices of rows, and their reader, which checks them. */
function indicesOf(node: OnnxNode, value: Value | null | undefined, { shape: [rows] }: Pending) {
  const found = constantOperand(node, value, "indices");
  const { shape } = found;
  if (shape.length !== 2) throw broken(node, `indices are [${shape.join(",")}]`);
  const wrong = numbersOf(found).find((index) => !(Number.isInteger(index) && index >= -1 && index < rows));
  if (wrong !== undefined) throw broken(node, `row ${wrong} of ${rows} is read`);
  return { shape, read: (): Tensor => asTensor(found) };
}

function vectorOf(node: OnnxNode, value: Value | null | undefined, width: number): () => Tensor {
  const found: Constant = constantOperand(node, value, "a vector");
  if (elementCount(found.shape) !== width) throw broken(node, `[${found.shape.join(",")}] meets rows of ${width}`);
  return () => asTensor(found, [width]);
}

/** A number as it was meant: 1e-6 stands in the file as the nearest f32. */
function numberOf(node: OnnxNode, value: Value | null | undefined): number {
  const number = scalarOf(constantOperand(node, value, "a number"));
  if (number === null || !Number.isFinite(number)) throw broken(node, "is a number that is none");
  return Number(number.toPrecision(7));
}
