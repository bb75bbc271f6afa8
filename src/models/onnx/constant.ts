/** Constants of an ONNX graph while it is read: weights, and everything that is computed from weights and shapes alone. Values are made when first asked for. */
import type { NumberArray } from "../../formats/onnx/decode-tensor.ts";
import type { OnnxType } from "../../formats/onnx/onnx-model.ts";
import { elementCount, tensor, type Shape, type Tensor } from "../../tensor/tensor.ts";

/** Integer codes with what turns them into the constant's numbers: value = (code - zero point) * scale. */
export interface QuantizedCodes {
  readonly codes: Constant;
  readonly scale: Constant;
  readonly zeroPoint: Constant | null;
  /** Axis along which scale and zero point change; null: one of each. */
  readonly axis: number | null;
  /** Elements along the axis that share a scale; 1 without blocks. */
  readonly blockSize: number;
}

export interface Constant {
  readonly kind: "constant";
  readonly type: OnnxType;
  readonly shape: Shape;
  values(): NumberArray;
  /** Present where a DequantizeLinear made the constant. */
  readonly quantized?: QuantizedCodes;
}

export function constant(type: OnnxType, shape: Shape, make: () => NumberArray, quantized?: QuantizedCodes): Constant {
  let made: NumberArray | null = null;
  const values = () => (made ??= make());
  return quantized ? { kind: "constant", type, shape, values, quantized } : { kind: "constant", type, shape, values };
}

export function integers(values: readonly number[], shape: Shape = [values.length]): Constant {
  return constant("int64", shape, () => Float64Array.from(values));
}

export function isFloat({ type }: Constant): boolean {
  return type === "float" || type === "float16" || type === "bfloat16" || type === "double";
}

/** Room for `count` results of a type: f32 for floats (f64 for double), f64 for integers, which are small numbers everywhere but in codes. */
export function arrayFor(type: OnnxType, count: number): Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer> {
  return type === "float" || type === "float16" || type === "bfloat16" ? new Float32Array(count) : new Float64Array(count);
}

/** As an f32 tensor of the graph, under another shape of as many elements where one is given. */
export function asTensor(value: Constant, shape: Shape = value.shape): Tensor {
  const values = value.values();
  return tensor(shape, values instanceof Float32Array ? values : Float32Array.from(values));
}

/** The one number of a constant with one element; null for all others. */
export function scalarOf(value: Constant): number | null {
  return elementCount(value.shape) === 1 ? value.values()[0] : null;
}

export function numbersOf(value: Constant): number[] {
  return [...value.values()];
}

/** Shape of two operands together, by ONNX's (numpy's) rules; null where they do not fit. */
export function broadcastShape(a: Shape, b: Shape): Shape | null {
  const rank = Math.max(a.length, b.length);
  const shape: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const sizeA = a[axis - rank + a.length] ?? 1;
    const sizeB = b[axis - rank + b.length] ?? 1;
    if (sizeA !== sizeB && sizeA !== 1 && sizeB !== 1) return null;
    shape.push(sizeA === 1 ? sizeB : sizeA);
  }
  return shape;
}

/** Strides of a dense array, row-major. */
export function stridesOf(shape: Shape): number[] {
  const strides = shape.map(() => 1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1] * shape[axis + 1];
  return strides;
}

/** Strides that read `shape` as if it had the larger shape `out`: 0 along axes that repeat. */
export function broadcastStrides(shape: Shape, out: Shape): number[] {
  const strides = stridesOf(shape);
  return out.map((_, axis) => {
    const own = axis - out.length + shape.length;
    return own < 0 || shape[own] === 1 ? 0 : strides[own];
  });
}

/** Offsets of all elements of a strided array, in row-major order. */
export function forEachOffset(
  shape: Shape,
  strides: readonly number[],
  start: number,
  visit: (offset: number, index: number) => void,
): void {
  const count = elementCount(shape);
  const position = shape.map(() => 0);
  let offset = start;
  for (let index = 0; index < count; index++) {
    visit(offset, index);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      offset += strides[axis];
      if (++position[axis] < shape[axis]) break;
      offset -= strides[axis] * shape[axis];
      position[axis] = 0;
    }
  }
}

/** The constant read through strides: what Transpose, Slice, Expand and Gather by a scalar are. */
export function strided(value: Constant, shape: Shape, strides: readonly number[], start = 0): Constant {
  return constant(value.type, shape, () => {
    const from = value.values();
    const out = arrayFor(value.type, elementCount(shape));
    forEachOffset(shape, strides, start, (offset, index) => (out[index] = from[offset]));
    return out;
  });
}
