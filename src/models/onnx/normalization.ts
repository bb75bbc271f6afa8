/** LayerNormalization, as one operator or in its parts: ReduceMean, Sub, Pow or Mul, ReduceMean, Add, Sqrt, Div or Reciprocal and Mul. */
import type { OnnxNode } from "../../formats/onnx/onnx-model.ts";
import { elementCount, tensor, zeros } from "../../tensor/tensor.ts";
import { integerAttribute, numberAttribute } from "./attributes.ts";
import { asTensor, scalarOf, type Constant } from "./constant.ts";
import { constantOperand, moved, viewOperand } from "./operands.ts";
import type { Handler, Trace } from "./handler.ts";
import { broken, unsupported } from "./unsupported.ts";
import { outputView, sameElements, shapeOf, type RowStatistic, type Value, type View } from "./value.ts";

export const normalization: Readonly<Record<string, Handler>> = {
  LayerNormalization: (node, [x, scale, bias], trace) => {
    const view = viewOperand(node, x);
    const rank = shapeOf(view).length;
    const axis = integerAttribute(node, "axis", -1);
    if (axis !== -1 && axis !== rank - 1) throw unsupported(node, "normalises over more than the last axis");
    return layerNorm(
      node,
      view,
      epsilonOf(node),
      constantOperand(node, scale, "a scale"),
      bias ? constantOperand(node, bias, "a bias") : null,
      trace,
    );
  },
};

export function epsilonOf(node: OnnxNode): number {
  return Math.fround(numberAttribute(node, "epsilon", 1e-5));
}

export function layerNorm(node: OnnxNode, view: View, epsilon: number, scale: Constant | null, bias: Constant | null, trace: Trace): View {
  const source = trace.read(view, node);
  const width = source.shape.at(-1) ?? 1;
  for (const vector of [scale, bias]) {
    if (vector && elementCount(vector.shape) !== width) throw broken(node, `[${vector.shape.join(",")}] meets rows of ${width}`);
  }
  const weights = {
    scale: () => (scale ? asTensor(scale, [width]) : tensor([width], new Float32Array(width).fill(1))),
    bias: () => (bias ? asTensor(bias, [width]) : zeros([width])),
  };
  // 1e-6 stands in the file as the nearest f32; the decimal that was meant is what every other form of the model says.
  const attributes = { epsilon: Number(epsilon.toPrecision(7)) };
  return moved(view, outputView(trace.make({ op: "LayerNormalization", inputs: [source], shape: source.shape, attributes, weights })));
}

/** x - mean(x). */
export function centre(node: OnnxNode, x: View, mean: RowStatistic): RowStatistic {
  if (!sameElements(x, mean.of)) throw unsupported(node, "subtracts the mean of another value");
  return { ...mean, kind: "deviation", shape: shapeOf(x) };
}

export function addToStatistic(node: OnnxNode, variance: RowStatistic, value: Constant): RowStatistic {
  const epsilon = scalarOf(value);
  if (epsilon === null || variance.epsilon !== 0) throw unsupported(node, "adds more than one epsilon to a variance");
  return { ...variance, epsilon };
}

export function powerOfStatistic(node: OnnxNode, x: Value, exponent: number): RowStatistic {
  if (x.kind === "deviation" && exponent === 2) return { ...x, kind: "squared-deviation" };
  if (x.kind === "variance" && exponent === 0.5) return { ...x, kind: "standard-deviation" };
  if (x.kind === "variance" && exponent === -0.5) return { ...x, kind: "reciprocal-deviation" };
  throw unsupported(node, "is no step of a LayerNormalization");
}

export function rootOfStatistic(node: OnnxNode, x: Value): RowStatistic {
  return powerOfStatistic(node, x, 0.5);
}

/** deviation / standard deviation, or 1 / standard deviation. */
export function divideStatistic(node: OnnxNode, x: Value | null, deviation: RowStatistic, trace: Trace): Value {
  const isOne = x === null || (x.kind === "constant" && scalarOf(x) === 1);
  if (isOne) return { ...deviation, kind: "reciprocal-deviation" };
  if (x.kind !== "deviation" || !sameElements(x.of, deviation.of)) throw unsupported(node, "is no step of a LayerNormalization");
  return layerNorm(node, x.of, deviation.epsilon, null, null, trace);
}

export function multiplyStatistics(node: OnnxNode, a: Value, b: Value, trace: Trace): Value {
  if (a.kind === "deviation" && b.kind === "deviation" && sameElements(a.of, b.of)) return { ...a, kind: "squared-deviation" };
  if (a.kind === "reciprocal-deviation" && b.kind === "deviation") return multiplyStatistics(node, b, a, trace);
  if (a.kind === "deviation" && b.kind === "reciprocal-deviation" && sameElements(a.of, b.of)) {
    return layerNorm(node, a.of, b.epsilon, null, null, trace);
  }
  throw unsupported(node, "is no step of a LayerNormalization");
}

/** ReduceMean over the last axis. */
export function rowMean(node: OnnxNode, x: Value): RowStatistic {
  const shape = shapeOf(x).with(-1, 1);
  if (x.kind === "squared-deviation") return { ...x, kind: "variance", shape };
  return { kind: "mean", of: viewOperand(node, x), shape, epsilon: 0 };
}
