/**
 * Operators on constants alone: arithmetic of shapes, and weights that an exporter left unfolded (transposed, cast, concatenated, dequantized).
 * The batch axis has the size 1 everywhere, so shapes are numbers.
 */
import type { OnnxAttribute, OnnxNode, OnnxTensor } from "../../formats/onnx/onnx-model.ts";
import { elementCount, type Shape } from "../../tensor/tensor.ts";
import { roundTiesToEven } from "../../tensor/rounding.ts";
import { integerAttribute, integersAttribute } from "./attributes.ts";
import {
  arrayFor,
  broadcastShape,
  broadcastStrides,
  constant,
  forEachOffset,
  integers,
  isFloat,
  numbersOf,
  scalarOf,
  strided,
  stridesOf,
  type Constant,
} from "./constant.ts";
import { dequantize, quantize } from "./fold-quantization.ts";
import { concatShapes, permutation, reshapeTo, sliceRanges, splitSizes, squeezeShape, unsqueezeShape } from "./movement.ts";
import { broken, unsupported } from "./unsupported.ts";

export interface FoldContext {
  readonly opset: number;
  /** The constant that a tensor among a node's attributes is. */
  fromTensor(tensor: OnnxTensor): Constant;
}

type Fold = (node: OnnxNode, inputs: readonly Constant[], context: FoldContext) => Constant | readonly Constant[];

const binary =
  (compute: (a: number, b: number) => number, resultType?: "bool"): Fold =>
  (node, [a, b]) => {
    const shape = broadcastShape(a.shape, b.shape);
    if (!shape) throw broken(node, `[${a.shape.join(",")}] and [${b.shape.join(",")}] do not fit together`);
    const type = resultType ?? a.type;
    return constant(type, shape, () => {
      const [x, y] = [a.values(), b.values()];
      const out = arrayFor(type, elementCount(shape));
      forEachOffset(shape, broadcastStrides(a.shape, shape), 0, (offset, i) => (out[i] = x[offset]));
      forEachOffset(shape, broadcastStrides(b.shape, shape), 0, (offset, i) => (out[i] = compute(out[i], y[offset])));
      return out;
    });
  };

const unary =
  (compute: (x: number) => number): Fold =>
  (_node, [x]) =>
    constant(x.type, x.shape, () => {
      const out = arrayFor(x.type, elementCount(x.shape));
      const values = x.values();
      for (let i = 0; i < out.length; i++) out[i] = compute(values[i]);
      return out;
    });

const reduce =
  (start: number, combine: (sum: number, x: number) => number): Fold =>
  (node, inputs) => {
    const [x] = inputs;
    if (integersAttribute(node, "axes") || inputs.length > 1) throw unsupported(node, "reduces a constant along some of its axes");
    const shape = integerAttribute(node, "keepdims", 1) === 1 ? x.shape.map(() => 1) : [];
    return constant(x.type, shape, () => {
      const out = arrayFor(x.type, 1);
      out[0] = numbersOf(x).reduce(combine, start);
      return out;
    });
  };

export const folds: Readonly<Record<string, Fold>> = {
  Add: binary((a, b) => a + b),
  Sub: binary((a, b) => a - b),
  Mul: binary((a, b) => a * b),
  Div: (node, inputs, context) => binary(isFloat(inputs[0]) ? (a, b) => a / b : (a, b) => Math.trunc(a / b))(node, inputs, context),
  Pow: binary((a, b) => a ** b),
  Mod: binary((a, b) => a - b * Math.floor(a / b)),
  Min: binary((a, b) => Math.min(a, b)),
  Max: binary((a, b) => Math.max(a, b)),
  Equal: binary((a, b) => Number(a === b), "bool"),
  Less: binary((a, b) => Number(a < b), "bool"),
  LessOrEqual: binary((a, b) => Number(a <= b), "bool"),
  Greater: binary((a, b) => Number(a > b), "bool"),
  GreaterOrEqual: binary((a, b) => Number(a >= b), "bool"),
  And: binary((a, b) => Number(a !== 0 && b !== 0), "bool"),
  Or: binary((a, b) => Number(a !== 0 || b !== 0), "bool"),
  Not: unary((x) => Number(x === 0)),
  Neg: unary((x) => -x),
  Abs: unary(Math.abs),
  Sqrt: unary(Math.sqrt),
  Exp: unary(Math.exp),
  Log: unary(Math.log),
  Reciprocal: unary((x) => 1 / x),
  Floor: unary(Math.floor),
  Ceil: unary(Math.ceil),
  Round: unary(roundTiesToEven),
  Identity: (_node, [x]) => x,
  Dropout: (_node, [x]) => x,
  ReduceProd: reduce(1, (product, x) => product * x),
  ReduceSum: reduce(0, (sum, x) => sum + x),
  ReduceMax: reduce(-Infinity, Math.max),
  ReduceMin: reduce(Infinity, Math.min),
  Cast: cast,
  CastLike: (node, [x, like]) => castTo(node, x, like.type),
  Shape: (node, [x]) => shapeConstant(node, x.shape),
  Size: (_node, [x]) => integers([elementCount(x.shape)], []),
  Reshape: (node, [x, shape]) => reshaped(x, reshapeTo(node, x.shape, numbersOf(shape))),
  Flatten: (node, [x]) => {
    const axis = normalAxis(node, integerAttribute(node, "axis", 1), x.shape.length + 1);
    return reshaped(x, [elementCount(x.shape.slice(0, axis)), elementCount(x.shape.slice(axis))]);
  },
  Unsqueeze: (node, [x, axes]) => reshaped(x, unsqueezeShape(node, x.shape, axesOf(node, axes))),
  Squeeze: (node, [x, axes]) => reshaped(x, squeezeShape(node, x.shape, axesOf(node, axes))),
  Transpose: transpose,
  Expand: (node, [x, size]) => {
    const shape = broadcastShape(x.shape, numbersOf(size));
    if (!shape) throw broken(node, `[${x.shape.join(",")}] does not grow to [${numbersOf(size).join(",")}]`);
    return strided(x, shape, broadcastStrides(x.shape, shape));
  },
  Constant: (node, _inputs, context) => fromAttributes(node, context),
  ConstantOfShape: (node, [size], { fromTensor }) => {
    const { value } = node.attributes;
    const filling = isTensor(value) ? fromTensor(value) : null;
    const type = filling?.type ?? "float";
    const shape = numbersOf(size);
    if (!shape.every((n) => Number.isSafeInteger(n) && n >= 0)) throw broken(node, `a shape is [${shape.join(",")}]`);
    return constant(type, shape, () => arrayFor(type, elementCount(shape)).fill(filling ? (scalarOf(filling) ?? 0) : 0));
  },
  Where: (node, [condition, a, b], context) => {
    const both = binary((x) => x)(node, [a, b], context) as Constant;
    const shape = broadcastShape(condition.shape, both.shape);
    if (!shape) throw broken(node, `[${condition.shape.join(",")}] and [${both.shape.join(",")}] do not fit together`);
    return constant(a.type, shape, () => {
      const out = arrayFor(a.type, elementCount(shape));
      const [choice, x, y] = [condition, a, b].map((value) => strided(value, shape, broadcastStrides(value.shape, shape)).values());
      for (let i = 0; i < out.length; i++) out[i] = choice[i] ? x[i] : y[i];
      return out;
    });
  },
  Range: (node, [start, limit, delta]) => {
    const [from, to, step] = [start, limit, delta].map((value) => scalarOf(value) ?? NaN);
    const count = Math.max(0, Math.ceil((to - from) / step));
    if (!Number.isSafeInteger(count)) throw broken(node, `a range goes from ${from} to ${to} by ${step}`);
    return constant(start.type, [count], () => arrayFor(start.type, count).map((_, i) => from + i * step));
  },
  Concat: concat,
  Gather: gather,
  Slice: (node, inputs) => {
    const [x] = inputs;
    const ranges = sliceRanges(node, x.shape, inputs.slice(1));
    const strides = stridesOf(x.shape);
    const shape = ranges.map(({ count }) => count);
    const start = ranges.reduce((sum, range, axis) => sum + (range.count > 0 ? range.start * strides[axis] : 0), 0);
    return strided(
      x,
      shape,
      strides.map((stride, axis) => stride * ranges[axis].step),
      start,
    );
  },
  Split: (node, inputs) => {
    const [x] = inputs;
    const axis = normalAxis(node, integerAttribute(node, "axis", 0), x.shape.length);
    const strides = stridesOf(x.shape);
    let start = 0;
    return splitSizes(node, x.shape[axis], inputs[1]).map((size) => {
      const part = strided(x, x.shape.with(axis, size), strides, start * strides[axis]);
      start += size;
      return part;
    });
  },
  DequantizeLinear: (node, inputs, { opset }) => dequantize(node, inputs, opset),
  QuantizeLinear: (node, inputs) => quantize(node, inputs),
  // Of operators on codes, which state scales by column in every opset.
  "vitrine.DequantizeWeight": (node, inputs) => dequantize(node, inputs, 13),
};

/** Inputs that may not be left out; one where nothing is said. */
const leastInputs: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    ["Add", "Sub", "Mul", "Div", "Pow", "Mod", "Min", "Max", "Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual", "And", "Or"].map(
      (name) => [name, 2],
    ),
  ),
  CastLike: 2,
  Reshape: 2,
  Expand: 2,
  Gather: 2,
  DequantizeLinear: 2,
  QuantizeLinear: 2,
  "vitrine.DequantizeWeight": 2,
  Where: 3,
  Range: 3,
  Constant: 0,
};

/** Runs an operator on constants; the name is that of a fold. Throws InputError ONNX_INVALID where an input is missing. */
export function foldNode(name: string, node: OnnxNode, inputs: readonly (Constant | null)[], context: FoldContext): ReturnType<Fold> {
  const least = leastInputs[name] ?? 1;
  for (let i = 0; i < least; i++) if (!inputs[i]) throw broken(node, `input ${i} is left out`);
  // A list of operands has no gaps; optional inputs may be absent.
  if (name === "Concat" && inputs.some((input) => input === null)) throw broken(node, "an operand is left out");
  return folds[name](node, inputs.map((value) => value ?? undefined) as Constant[], context);
}

/** The node Constant: a tensor, or a number or list of numbers. */
function fromAttributes(node: OnnxNode, { fromTensor }: FoldContext): Constant {
  const { value, value_float: float, value_floats: floats, value_int: integer, value_ints: list } = node.attributes;
  if (isTensor(value)) return fromTensor(value);
  if (typeof float === "number") return constant("float", [], () => Float32Array.of(float));
  if (typeof integer === "number") return integers([integer], []);
  if (isNumbers(floats)) return constant("float", [floats.length], () => Float32Array.from(floats));
  if (isNumbers(list)) return integers(list);
  throw unsupported(node, "holds no tensor and no numbers");
}

function isTensor(value: OnnxAttribute | undefined): value is OnnxTensor {
  return typeof value === "object" && "dims" in value;
}

function isNumbers(value: OnnxAttribute | undefined): value is readonly number[] {
  return Array.isArray(value) && value.every((item) => typeof item === "number");
}

export function shapeConstant(node: OnnxNode, shape: Shape): Constant {
  const start = normalEnd(integerAttribute(node, "start", 0), shape.length);
  const end = normalEnd(integerAttribute(node, "end", shape.length), shape.length);
  return integers(shape.slice(start, end));
}

function normalEnd(end: number, rank: number): number {
  return Math.min(Math.max(end < 0 ? end + rank : end, 0), rank);
}

export function normalAxis(node: OnnxNode, axis: number, rank: number): number {
  const normal = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(normal) || normal < 0 || normal >= Math.max(rank, 1)) throw broken(node, `an axis is ${axis}, of ${rank}`);
  return normal;
}

/** From the attribute (opset 12 and before) or the second input; null: all axes of size 1. */
export function axesOf(node: OnnxNode, input: Constant | undefined): readonly number[] | null {
  return input ? numbersOf(input) : integersAttribute(node, "axes");
}

function cast(node: OnnxNode, [x]: readonly Constant[]): Constant {
  return castTo(node, x, castTarget(node));
}

const castTypes: Readonly<Record<number, Constant["type"]>> = {
  1: "float",
  2: "uint8",
  3: "int8",
  6: "int32",
  7: "int64",
  9: "bool",
  10: "float16",
  11: "double",
  16: "bfloat16",
};

export function castTarget(node: OnnxNode): Constant["type"] {
  const code = integerAttribute(node, "to", 0);
  const type = castTypes[code];
  if (type === undefined) throw unsupported(node, `casts to the element type ${code}`);
  return type;
}

/** Float types hold f32 here: a cast to f16 keeps the digits that it would lose. */
function castTo(_node: OnnxNode, x: Constant, type: Constant["type"]): Constant {
  const target = constant(type, x.shape, () => {
    const out = arrayFor(type, elementCount(x.shape));
    const values = x.values();
    const convert = type === "bool" ? (v: number) => Number(v !== 0) : isFloat({ ...x, type }) ? (v: number) => v : Math.trunc;
    for (let i = 0; i < out.length; i++) out[i] = convert(values[i]);
    return out;
  });
  return x.quantized && isFloat(target) ? { ...target, quantized: x.quantized } : target;
}

function reshaped(x: Constant, shape: Shape): Constant {
  return constant(x.type, shape, () => x.values());
}

function transpose(node: OnnxNode, [x]: readonly Constant[]): Constant {
  const order = permutation(node, x.shape.length);
  const strides = stridesOf(x.shape);
  const move = (value: Constant) =>
    strided(
      value,
      order.map((axis) => value.shape[axis]),
      order.map((axis) => stridesOf(value.shape)[axis]),
    );
  const moved = strided(
    x,
    order.map((axis) => x.shape[axis]),
    order.map((axis) => strides[axis]),
  );
  if (!x.quantized) return moved;
  const { codes, scale, zeroPoint, axis, blockSize } = x.quantized;
  const isBlocked = scale.shape.length === x.shape.length && x.shape.length > 1;
  const quantized = {
    codes: move(codes),
    scale: isBlocked ? move(scale) : scale,
    zeroPoint: isBlocked && zeroPoint ? move(zeroPoint) : zeroPoint,
    axis: axis === null ? null : order.indexOf(axis),
    blockSize,
  };
  return { ...moved, quantized };
}

function concat(node: OnnxNode, inputs: readonly Constant[]): Constant {
  const axis = normalAxis(node, integerAttribute(node, "axis", 0), inputs[0].shape.length);
  const shape = concatShapes(
    node,
    inputs.map((input) => input.shape),
    axis,
  );
  const { type } = inputs[0];
  return constant(type, shape, () => {
    const out = arrayFor(type, elementCount(shape));
    const inner = elementCount(shape.slice(axis + 1));
    const outer = elementCount(shape.slice(0, axis));
    let start = 0;
    for (const input of inputs) {
      const run = input.shape[axis] * inner;
      const values = input.values();
      for (let o = 0; o < outer; o++) out.set(values.subarray(o * run, (o + 1) * run), o * shape[axis] * inner + start);
      start += run;
    }
    return out;
  });
}

function gather(node: OnnxNode, [x, indices]: readonly Constant[]): Constant {
  const axis = normalAxis(node, integerAttribute(node, "axis", 0), x.shape.length);
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  const rows = numbersOf(indices).map((index) => (index < 0 ? index + x.shape[axis] : index));
  if (rows.some((row) => !(row >= 0 && row < x.shape[axis]))) throw broken(node, `an index is outside of [${x.shape.join(",")}]`);
  return constant(x.type, shape, () => {
    const out = arrayFor(x.type, elementCount(shape));
    const values = x.values();
    const inner = elementCount(x.shape.slice(axis + 1));
    const outer = elementCount(x.shape.slice(0, axis));
    for (let o = 0; o < outer; o++) {
      rows.forEach((row, i) => {
        const from = (o * x.shape[axis] + row) * inner;
        out.set(values.subarray(from, from + inner), (o * rows.length + i) * inner);
      });
    }
    return out;
  });
}
