/** Operators that work element by element: residual sums, biases, factors, chains that make an activation or a LayerNormalization. */
import type { OnnxNode } from "../../formats/onnx/onnx-model.ts";
import { elementCount, sameShape } from "../../tensor/tensor.ts";
import { numberAttribute } from "./attributes.ts";
import { asTensor, broadcastShape, broadcastStrides, scalarOf, strided, type Constant } from "./constant.ts";
import type { Handler, Trace } from "./handler.ts";
import { addToStatistic, centre, divideStatistic, multiplyStatistics, powerOfStatistic, rootOfStatistic } from "./normalization.ts";
import { activationOf, erf, gelu, identity } from "./probe.ts";
import { describe, moved, operand, viewOperand } from "./operands.ts";
import { addVector, scaleVector } from "./rewrite.ts";
import { addPositions } from "./tokens.ts";
import { unsupported } from "./unsupported.ts";
import { outputView, sameElements, shapeOf, type Scores, type Value, type View } from "./value.ts";

type Compute = (a: number, b: number) => number;

export const elementwise: Readonly<Record<string, Handler>> = {
  Add: (node, [a, b], trace) => add(node, operand(node, a), operand(node, b), trace),
  Sub: (node, [a, b], trace) => {
    const [x, y] = [operand(node, a), operand(node, b)];
    if (x.kind === "view" && y.kind === "mean") return centre(node, x, y);
    return pointwise(node, x, y, (p, q) => p - q) ?? add(node, x, negative(node, y), trace);
  },
  Mul: (node, [a, b], trace) => multiply(node, operand(node, a), operand(node, b), trace),
  Div: (node, [a, b], trace) => {
    const [x, y] = [operand(node, a), operand(node, b)];
    if (y.kind === "standard-deviation") return divideStatistic(node, x, y, trace);
    const divisor = y.kind === "constant" ? scalarOf(y) : null;
    if (x.kind === "scores" && !x.bias && divisor !== null) return { ...x, scale: x.scale / divisor };
    const result = pointwise(node, x, y, (p, q) => p / q);
    if (result) return result;
    if (y.kind !== "constant") throw unsupported(node, "divides by a value of the network");
    return multiply(node, x, inverse(y), trace);
  },
  Pow: (node, [a, b]) => {
    const [x, y] = [operand(node, a), operand(node, b)];
    const exponent = y.kind === "constant" ? scalarOf(y) : null;
    if (exponent !== null && isStatistic(x)) return powerOfStatistic(node, x, exponent);
    const result = pointwise(node, x, y, (p, q) => p ** q);
    if (!result) throw unsupported(node, "raises to a power that is not one number");
    return result;
  },
  Sqrt: (node, [a]) => {
    const x = operand(node, a);
    return isStatistic(x) ? rootOfStatistic(node, x) : map(node, x, Math.sqrt);
  },
  Reciprocal: (node, [a], trace) => {
    const x = operand(node, a);
    return x.kind === "standard-deviation" ? divideStatistic(node, null, x, trace) : map(node, x, (v) => 1 / v);
  },
  Erf: (node, [x]) => map(node, operand(node, x), erf),
  Tanh: (node, [x]) => map(node, operand(node, x), Math.tanh),
  Sigmoid: (node, [x]) => map(node, operand(node, x), (v) => 1 / (1 + Math.exp(-v))),
  Exp: (node, [x]) => map(node, operand(node, x), Math.exp),
  Neg: (node, [x]) => map(node, operand(node, x), (v) => -v),
  Relu: (node, [x]) => map(node, operand(node, x), (v) => Math.max(v, 0)),
  Gelu: (node, [x]) => map(node, operand(node, x), gelu[node.attributes.approximate === "tanh" ? "tanh" : "none"]),
  "com.microsoft.Gelu": (node, [x]) => map(node, operand(node, x), gelu.none),
  "com.microsoft.QuickGelu": (node, [x]) => {
    const alpha = numberAttribute(node, "alpha", 1.702);
    return map(node, operand(node, x), (v) => v / (1 + Math.exp(-alpha * v)));
  },
  "com.microsoft.FastGelu": (node, [x, bias], trace) =>
    map(node, bias ? add(node, operand(node, x), bias, trace) : operand(node, x), gelu.tanh),
  "com.microsoft.BiasGelu": (node, [x, bias], trace) => map(node, add(node, operand(node, x), operand(node, bias), trace), gelu.none),
};

function isStatistic(value: Value) {
  return (
    value.kind !== "constant" &&
    value.kind !== "view" &&
    value.kind !== "scores" &&
    value.kind !== "probabilities" &&
    value.kind !== "codes"
  );
}

/** A function of every element. */
export function map(node: OnnxNode, x: Value, f: (v: number) => number): View {
  const view = viewOperand(node, x);
  return { ...view, quantizer: null, samples: Float64Array.from(view.samples ?? identity, f) };
}

/** Of the same elements, or of elements and one number; null for everything else. */
function pointwise(_node: OnnxNode, a: Value, b: Value, compute: Compute): View | null {
  if (a.kind === "view" && b.kind === "view") {
    // The sum of a value with itself is a function of it; a residual sum is none, and two plain views of one value are not met in networks.
    const areFunctions = (a.samples ?? b.samples) !== null;
    if (!areFunctions || !sameElements(a, b) || !sameShape(shapeOf(a), shapeOf(b))) return null;
    const [x, y] = [a.samples ?? identity, b.samples ?? identity];
    return { ...a, quantizer: null, samples: x.map((value, i) => compute(value, y[i])) };
  }
  if (a.kind === "view" && b.kind === "constant") {
    const number = scalarOf(b);
    if (number === null || !isAbsorbed(b, a)) return null;
    return { ...a, quantizer: null, samples: (a.samples ?? identity).map((value) => compute(value, number)) };
  }
  if (a.kind === "constant" && b.kind === "view") {
    const number = scalarOf(a);
    if (number === null || !isAbsorbed(a, b)) return null;
    return { ...b, quantizer: null, samples: (b.samples ?? identity).map((value) => compute(number, value)) };
  }
  return null;
}

/** Whether the result keeps the view's shape. */
function isAbsorbed(value: Constant, view: View): boolean {
  const together = broadcastShape(value.shape, shapeOf(view));
  return together !== null && sameShape(together, shapeOf(view));
}

function add(node: OnnxNode, a: Value, b: Value, trace: Trace): Value {
  if (a.kind === "constant") return add(node, b, a, trace);
  if (a.kind === "variance" && b.kind === "constant") return addToStatistic(node, a, b);
  if (a.kind === "scores" && b.kind === "constant") return addBias(node, a, b);
  const result = pointwise(node, a, b, (x, y) => x + y);
  if (result) return result;
  const view = viewOperand(node, a);
  if (b.kind === "view") return residual(node, view, b, trace);
  if (b.kind !== "constant") throw unsupported(node, `adds ${describe(b)}`);
  const channels = alongChannels(node, view, b, trace, addVector);
  if (channels) return channels;
  const spread = spreadOf(node, view, b);
  if (spread === "columns") {
    const source = trace.read(view, node);
    const sum = addVector(trace, source, () => b.values());
    if (!sum) throw unsupported(node, `adds a vector to the output of ${source.op}`);
    return moved(view, outputView(sum));
  }
  return moved(view, outputView(addPositions(node, trace.read(view, node), spread, trace)));
}

/** Masks of zeros, which exporters add for the absent padding, change nothing; others are biases of relative positions. */
function addBias(node: OnnxNode, scores: Scores, bias: Constant): Scores {
  if (bias.values().every((value) => value === 0)) return scores;
  const { shape } = scores;
  const together = broadcastShape(shape, bias.shape);
  const rows = shape.at(-1) ?? 1;
  const isMap = bias.shape.length >= 2 && bias.shape.slice(-2).every((size) => size === rows);
  if (scores.bias || !isMap || !together || !sameShape(together, shape))
    throw unsupported(node, "adds something to the attention scores that is no map for each head");
  return { ...scores, bias };
}

/** a + b of two values; the residual stream comes first, the branch (which ends in a Gemm) second. */
function residual(node: OnnxNode, a: View, b: View, trace: Trace): View {
  const [x, y] = [trace.read(a, node), trace.read(b, node)];
  if (!sameShape(x.shape, y.shape) || !sameShape(shapeOf(a), shapeOf(b))) throw unsupported(node, "adds values of different shapes");
  const inputs = x.op === "Gemm" && y.op !== "Gemm" ? [y, x] : [x, y];
  return moved(a, outputView(trace.make({ op: "Add", inputs, shape: x.shape })));
}

function multiply(node: OnnxNode, a: Value, b: Value, trace: Trace): Value {
  if (a.kind === "constant") return multiply(node, b, a, trace);
  if (isStatistic(a) && isStatistic(b)) return multiplyStatistics(node, a, b, trace);
  const factor = b.kind === "constant" ? scalarOf(b) : null;
  if (a.kind === "scores" && !a.bias && factor !== null) return { ...a, scale: a.scale * factor };
  const result = pointwise(node, a, b, (x, y) => x * y);
  if (result) return result;
  const view = viewOperand(node, a);
  if (b.kind === "view") {
    const gated = gatedProduct(view, b, trace) ?? gatedProduct(b, view, trace);
    if (gated) return gated;
  }
  if (b.kind !== "constant") throw unsupported(node, `multiplies a value with ${describe(b)}`);
  const channels = alongChannels(node, view, b, trace, scaleVector);
  if (channels) return channels;
  if (spreadOf(node, view, b) !== "columns") throw unsupported(node, "multiplies with a constant that is no vector of columns");
  const source = trace.read(view, node);
  const product = scaleVector(trace, source, () => b.values());
  if (!product) throw unsupported(node, `multiplies the columns of the output of ${source.op}`);
  return moved(view, outputView(product));
}

/** f(a) * b of the halves of each row (SwiGLU and its kin); null for everything else. */
function gatedProduct(a: View, b: View, trace: Trace): View | null {
  const { source, samples } = a;
  const width = (source?.shape.at(-1) ?? 0) / 2;
  const isHalves = source && a.offset === 0 && b.source === source && b.offset === width && !b.samples && sameShape(shapeOf(a), shapeOf(b));
  if (!isHalves || !samples || shapeOf(a).at(-1) !== width || 2 * elementCount(shapeOf(a)) !== elementCount(source.shape)) return null;
  const activation = activationOf(samples);
  if (!activation) return null;
  const { approximate, ...rest } = activation.attributes;
  const attributes = approximate === undefined ? rest : { kind: approximate };
  const shape = source.shape.with(-1, width);
  return moved(a, outputView(trace.make({ op: "GatedActivation", inputs: [source], shape, attributes })));
}

/** A value whose columns lie along an inner axis (the channels of a convolution's output [1,D,H,W]) with a constant [1,D,1,1]; null for everything else. */
function alongChannels(node: OnnxNode, view: View, value: Constant, trace: Trace, take: typeof addVector): View | null {
  const { source } = view;
  const axis = view.axes.length - value.shape.length + value.shape.findIndex((size) => size > 1);
  const others = value.shape.filter((size) => size > 1).length;
  const width = source?.shape.at(-1) ?? 0;
  const [run, ...more] = view.axes[axis] ?? [];
  const isChannels = others === 1 && more.length === 0 && run?.stride === 1 && run.size === width && elementCount(value.shape) === width;
  if (!source || !isChannels || axis === view.axes.length - 1 || elementCount(shapeOf(view)) !== elementCount(source.shape)) return null;
  const made = take(trace, trace.read({ ...outputView(source), samples: view.samples }, node), () => value.values());
  return made && { ...view, source: made, samples: null, quantizer: null };
}

/** How a constant meets rows [N,D]: one number a column, or (positional embeddings) one for every element, as a constant [N,D]. */
function spreadOf(node: OnnxNode, view: View, value: Constant): "columns" | Constant {
  const shape = shapeOf(view);
  const width = shape.at(-1) ?? 1;
  const together = broadcastShape(shape, value.shape);
  if (!together || !sameShape(together, shape))
    throw unsupported(node, `meets a value [${shape.join(",")}] with a constant [${value.shape.join(",")}]`);
  if (elementCount(value.shape) === width && (value.shape.at(-1) ?? 1) === width) return "columns";
  return strided(value, [elementCount(shape) / width, width], compact(broadcastStrides(value.shape, shape), shape));
}

/** Strides of [rows, columns] from those of a shape whose leading axes are the batch (size 1) and the rows. */
function compact(strides: readonly number[], shape: readonly number[]): number[] {
  const rows = shape.slice(0, -1).findIndex((size) => size > 1);
  return [rows < 0 ? 0 : strides[rows], strides[strides.length - 1]];
}

function negative(node: OnnxNode, value: Value): Value {
  if (value.kind !== "constant") throw unsupported(node, "subtracts a value of the network");
  const result = asTensor(value);
  return { ...value, values: () => result.data.map((x) => -x) };
}

function inverse(value: Constant): Constant {
  return { kind: "constant", type: value.type, shape: value.shape, values: () => asTensor(value).data.map((x) => 1 / x) };
}
