/** Shape rules of the operators that move elements, for constants and for values of the network alike. */
import type { OnnxNode } from "../../formats/onnx/onnx-model.ts";
import { elementCount, type Shape } from "../../tensor/tensor.ts";
import { integerAttribute, integersAttribute } from "./attributes.ts";
import { numbersOf, type Constant } from "./constant.ts";
import { broken, unsupported } from "./unsupported.ts";

/** Reshape's target with 0 (as before, unless allowzero) and -1 (the rest) filled in. */
export function reshapeTo(node: OnnxNode, from: Shape, stated: readonly number[]): Shape {
  const zeroCopies = integerAttribute(node, "allowzero", 0) === 0;
  const filled = stated.map((size, axis) => (size === 0 && zeroCopies ? (from[axis] ?? 0) : size));
  const known = elementCount(filled.filter((size) => size !== -1));
  const shape = filled.map((size) => (size === -1 && known > 0 ? elementCount(from) / known : size));
  const isSound = shape.every((size) => Number.isSafeInteger(size) && size >= 0) && elementCount(shape) === elementCount(from);
  if (!isSound || stated.filter((size) => size === -1).length > 1) {
    throw broken(node, `[${from.join(",")}] cannot take the shape [${stated.join(",")}]`);
  }
  return shape;
}

export function permutation(node: OnnxNode, rank: number): readonly number[] {
  const order = integersAttribute(node, "perm") ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
  if (order.length !== rank || new Set(order).size !== rank || !order.every((axis) => axis >= 0 && axis < rank)) {
    throw broken(node, `the axes of rank ${rank} are ordered [${order.join(",")}]`);
  }
  return order;
}

export function unsqueezeShape(node: OnnxNode, shape: Shape, axes: readonly number[] | null): Shape {
  if (!axes) throw broken(node, "no axes are stated");
  const rank = shape.length + axes.length;
  const inserted = new Set(axes.map((axis) => (axis < 0 ? axis + rank : axis)));
  if (inserted.size !== axes.length || [...inserted].some((axis) => axis < 0 || axis >= rank))
    throw broken(node, `axes are [${axes.join(",")}]`);
  const rest = [...shape];
  return Array.from({ length: rank }, (_, axis) => (inserted.has(axis) ? 1 : (rest.shift() ?? 1)));
}

export function squeezeShape(node: OnnxNode, shape: Shape, axes: readonly number[] | null): Shape {
  if (!axes) return shape.filter((size) => size !== 1);
  const removed = new Set(axes.map((axis) => (axis < 0 ? axis + shape.length : axis)));
  if ([...removed].some((axis) => shape[axis] !== 1))
    throw broken(node, `[${shape.join(",")}] has no axes of size 1 at [${axes.join(",")}]`);
  return shape.filter((_, axis) => !removed.has(axis));
}

export function concatShapes(node: OnnxNode, shapes: readonly Shape[], axis: number): Shape {
  const [first] = shapes;
  for (const shape of shapes) {
    if (shape.length !== first.length || shape.some((size, i) => i !== axis && size !== first[i])) {
      throw broken(node, `[${first.join(",")}] and [${shape.join(",")}] do not go together along axis ${axis}`);
    }
  }
  return first.with(
    axis,
    shapes.reduce((sum, shape) => sum + shape[axis], 0),
  );
}

export interface SliceRange {
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/** One range per axis. `inputs`: starts, ends, axes, steps (opset 10 and later); opset 9 states them as attributes. */
export function sliceRanges(node: OnnxNode, shape: Shape, inputs: readonly (Constant | null | undefined)[]): readonly SliceRange[] {
  const list = (index: number, name: string) => {
    const input = inputs[index];
    return input ? numbersOf(input) : integersAttribute(node, name);
  };
  const starts = list(0, "starts");
  const ends = list(1, "ends");
  if (!starts || !ends || starts.length !== ends.length) throw broken(node, "starts and ends do not go together");
  const axes = list(2, "axes") ?? starts.map((_, axis) => axis);
  const steps = list(3, "steps") ?? starts.map(() => 1);
  const ranges: SliceRange[] = shape.map((size) => ({ start: 0, step: 1, count: size }));
  starts.forEach((stated, i) => {
    const axis = axes[i] < 0 ? axes[i] + shape.length : axes[i];
    const step = steps[i];
    const size = shape[axis];
    if (size === undefined || !Number.isInteger(step) || step === 0) throw broken(node, `axis ${axes[i]} is sliced by ${step}`);
    const place = (index: number) => (index < 0 ? index + size : index);
    const bounded = (index: number) => (step > 0 ? Math.min(Math.max(index, 0), size) : Math.min(Math.max(index, -1), size - 1));
    const start = bounded(place(stated));
    // The smallest integer means "past the first" for negative steps: adding the size must not bring it back.
    const end = bounded(ends[i] < -size ? -Infinity : place(ends[i]));
    ranges[axis] = { start, step, count: Math.max(0, Math.ceil((end - start) / step)) };
  });
  return ranges;
}

/** Sizes of Split's parts: second input (opset 13), attribute `split`, or equal parts, one an output. */
export function splitSizes(node: OnnxNode, size: number, input: Constant | undefined): readonly number[] {
  const stated = input ? numbersOf(input) : integersAttribute(node, "split");
  const parts = integerAttribute(node, "num_outputs", node.outputs.length);
  const equal = Math.ceil(size / parts);
  const sizes = stated ?? node.outputs.map((_, i) => Math.min(equal, size - i * equal));
  if (sizes.some((part) => !(part >= 0)) || sizes.reduce((sum, part) => sum + part, 0) !== size) {
    throw broken(node, `${size} is split into [${sizes.join(",")}]`);
  }
  if (sizes.length !== node.outputs.length) throw unsupported(node, `has ${node.outputs.length} outputs for ${sizes.length} parts`);
  return sizes;
}
