/** Inputs of an operator by what they must be, and the view that its output takes over from its input. */
import type { OnnxNode } from "../../formats/onnx/onnx-model.ts";
import { elementCount } from "../../tensor/tensor.ts";
import type { Constant } from "./constant.ts";
import { unsupported } from "./unsupported.ts";
import { runsOf, shapeOf, type Value, type View } from "./value.ts";

/** An input that may not be left out. */
export function operand(node: OnnxNode, value: Value | null | undefined): Value {
  if (!value) throw unsupported(node, "lacks an input");
  return value;
}

export function viewOperand(node: OnnxNode, value: Value | null | undefined): View {
  const found = operand(node, value);
  if (found.kind !== "view") throw unsupported(node, `reads ${describe(found)}, where it can read only a finished value of the network`);
  return found;
}

export function constantOperand(node: OnnxNode, value: Value | null | undefined, what: string): Constant {
  const found = operand(node, value);
  if (found.kind !== "constant") throw unsupported(node, `has ${what} that the network computes`);
  return found;
}

export function describe(value: Value): string {
  switch (value.kind) {
    case "constant":
      return "a constant";
    case "scores":
      return "attention scores before their Softmax";
    case "probabilities":
      return "attention probabilities";
    case "codes":
      return "integer codes";
    case "view":
      return "a value";
    default:
      return "part of a LayerNormalization";
  }
}

/** The view of a new node with the axes of the old one, where they are the same runs under other axes of size 1. */
export function moved(old: View, made: View): View {
  const [before, after] = [runsOf(old), runsOf(made)];
  const isSame = before.length === after.length && before.every(({ size }, i) => size === after[i].size);
  return isSame ? { ...made, axes: reaxes(old, made) } : made;
}

function reaxes(old: View, made: View): View["axes"] {
  const dense = shapeOf(old);
  let stride = elementCount(shapeOf(made));
  return dense.map((size) => {
    stride /= size;
    return size === 1 ? [] : [{ size, stride }];
  });
}
