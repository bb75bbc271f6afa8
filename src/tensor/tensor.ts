/** A dense array with a shape: the one value type that crosses folder borders. Row-major, last axis fastest. */
export type Shape = readonly number[];

export interface ArrayOf {
  f32: Float32Array<ArrayBuffer>;
  i32: Int32Array<ArrayBuffer>;
  u32: Uint32Array<ArrayBuffer>;
  u8: Uint8Array<ArrayBuffer>;
}
export type DType = keyof ArrayOf;

export interface Tensor<D extends DType = "f32"> {
  readonly dtype: D;
  readonly shape: Shape;
  readonly data: ArrayOf[D];
}

export function elementCount(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** An f32 tensor over `data`. Throws when the shape does not hold exactly `data.length` elements. */
export function tensor(shape: Shape, data: Float32Array<ArrayBuffer>): Tensor {
  if (elementCount(shape) !== data.length) {
    throw new Error(`internal: tensor [${shape.join(",")}] needs ${elementCount(shape)} elements, got ${data.length}`);
  }
  return { dtype: "f32", shape, data };
}

export function zeros(shape: Shape): Tensor {
  return tensor(shape, new Float32Array(elementCount(shape)));
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}
