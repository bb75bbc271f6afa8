/** Operators that only move elements of the network's values: the views change, nothing is computed. */
import type { OnnxNode } from "../../formats/onnx/onnx-model.ts";
import { elementCount, sameShape, type Shape } from "../../tensor/tensor.ts";
import { integerAttribute } from "./attributes.ts";
import { broadcastShape, numbersOf, scalarOf } from "./constant.ts";
import { constantOperand, operand } from "./operands.ts";
import { axesOf, castTarget, normalAxis, shapeConstant } from "./fold.ts";
import type { Handler } from "./handler.ts";
import { permutation, reshapeTo, sliceRanges, splitSizes, squeezeShape, unsqueezeShape } from "./movement.ts";
import { unsupported } from "./unsupported.ts";
import { reshapeView, shapeOf, sliceView, type Codes, type Value, type View } from "./value.ts";

const same: Handler = (node, [x]) => operand(node, x);

export const movementOps: Readonly<Record<string, Handler>> = {
  Identity: same,
  // Only evaluation is run; a mask output stays unread.
  Dropout: same,
  Cast: (node, [x]) => {
    const type = castTarget(node);
    if (type !== "float" && type !== "float16" && type !== "bfloat16" && type !== "double")
      throw unsupported(node, `turns a value of the network into ${type}`);
    return operand(node, x);
  },
  CastLike: same,
  Shape: (node, [x]) => shapeConstant(node, shapeOf(operand(node, x))),
  Reshape: (node, [x, shape]) =>
    reshape(node, operand(node, x), (from) => reshapeTo(node, from, numbersOf(constantOperand(node, shape, "a shape")))),
  Flatten: (node, [x]) =>
    reshape(node, operand(node, x), (from) => {
      const axis = normalAxis(node, integerAttribute(node, "axis", 1), from.length + 1);
      return [elementCount(from.slice(0, axis)), elementCount(from.slice(axis))];
    }),
  Unsqueeze: (node, [x, axes]) =>
    reshape(node, operand(node, x), (from) =>
      unsqueezeShape(node, from, axesOf(node, axes ? constantOperand(node, axes, "axes") : undefined)),
    ),
  Squeeze: (node, [x, axes]) =>
    reshape(node, operand(node, x), (from) =>
      squeezeShape(node, from, axesOf(node, axes ? constantOperand(node, axes, "axes") : undefined)),
    ),
  Transpose: (node, [x]) =>
    onView(node, operand(node, x), (view) => {
      const order = permutation(node, view.axes.length);
      return { ...view, axes: order.map((axis) => view.axes[axis]) };
    }),
  Expand: (node, [x, size]) =>
    onView(node, operand(node, x), (view) => {
      const shape = broadcastShape(shapeOf(view), numbersOf(constantOperand(node, size, "a size")));
      if (!shape || !sameShape(shape, shapeOf(view))) throw unsupported(node, "repeats a value of the network");
      return view;
    }),
  Slice: (node, [x, ...ranges]) =>
    onView(node, operand(node, x), (view) => {
      const inputs = ranges.map((range) => range && constantOperand(node, range, "a range"));
      let result: View | null = view;
      sliceRanges(node, shapeOf(view), inputs).forEach(({ start, step, count }, axis) => {
        if (step !== 1 && count > 1) throw unsupported(node, "takes every other element");
        result = result && sliceView(result, axis, start, count);
      });
      if (!result) throw unsupported(node, "slices an axis that is no row of equal steps");
      return result;
    }),
  Split: (node, [x, sizes]) => {
    const value = operand(node, x);
    const shape = shapeOf(value);
    const axis = normalAxis(node, integerAttribute(node, "axis", 0), shape.length);
    let start = 0;
    return splitSizes(node, shape[axis], sizes ? constantOperand(node, sizes, "sizes") : undefined).map((size) => {
      const from = start;
      start += size;
      return onView(node, value, (view) => sliced(node, view, axis, from, size));
    });
  },
  Gather: (node, [x, indices]) => {
    const chosen = constantOperand(node, indices, "indices");
    const value = operand(node, x);
    const shape = shapeOf(value);
    const axis = normalAxis(node, integerAttribute(node, "axis", 0), shape.length);
    const index = scalarOf(chosen);
    if (index === null) throw unsupported(node, "picks several elements at once");
    const start = index < 0 ? index + shape[axis] : index;
    if (!(start >= 0 && start < shape[axis])) throw unsupported(node, `picks element ${index} of ${shape[axis]}`);
    return onView(node, value, (view) => {
      const one = sliced(node, view, axis, start, 1);
      return chosen.shape.length === 0 ? { ...one, axes: one.axes.toSpliced(axis, 1) } : one;
    });
  },
};

function sliced(node: OnnxNode, view: View, axis: number, start: number, count: number): View {
  const result = sliceView(view, axis, start, count);
  if (!result) throw unsupported(node, "slices an axis that is no row of equal steps");
  return result;
}

/** Codes move as the values that they stand for. */
export function onView(node: OnnxNode, value: Value, change: (view: View) => View): View | Codes {
  if (value.kind === "view") return change(value);
  if (value.kind === "codes" && value.of.kind === "view") {
    const of = change(value.of);
    return { ...value, of, shape: shapeOf(of) };
  }
  throw unsupported(node, "moves elements of a value that is not finished");
}

function reshape(node: OnnxNode, value: Value, target: (from: Shape) => Shape): Value {
  // Attention in three axes [H,N,Dh] reshapes its scores forth and back.
  if (value.kind === "scores" || value.kind === "probabilities") {
    const shape = target(value.shape);
    if (
      !sameShape(
        shape.filter((size) => size !== 1),
        value.shape.filter((size) => size !== 1),
      )
    )
      throw unsupported(node, "reshapes attention scores");
    return { ...value, shape };
  }
  return onView(node, value, (view) => {
    const result = reshapeView(view, target(shapeOf(view)));
    if (!result) throw unsupported(node, "parts an axis inside a run of elements");
    return result;
  });
}
