/** Tensors as views of their storage: which bytes they need, and their elements row by row. */
import { elementCount } from "../../tensor/tensor.ts";
import { storedBits } from "../stored-dtype.ts";
import type { TensorRecord } from "./tensor-record.ts";

/** Elements from the first that the view touches to behind the last; 0 for an empty tensor. */
export function spanOf({ shape, strides }: Pick<TensorRecord, "shape" | "strides">): number {
  if (elementCount(shape) === 0) return 0;
  return shape.reduce((span, size, axis) => span + (size - 1) * strides[axis], 1);
}

export function isContiguous({ shape, strides }: Pick<TensorRecord, "shape" | "strides">): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return false;
    expected *= shape[axis];
  }
  return true;
}

/** The elements of a view in row-major order; `bytes` start at the view's first element. */
export function gather(record: TensorRecord, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (isContiguous(record)) return bytes;
  const width = storedBits[record.dtype] / 8;
  const { shape, strides } = record;
  const count = elementCount(shape);
  const out = new Uint8Array(count * width);
  const index = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < count; to++) {
    out.set(bytes.subarray(from * width, (from + 1) * width), to * width);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= shape[axis] * strides[axis];
      index[axis] = 0;
    }
  }
  return out;
}
