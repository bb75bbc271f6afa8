import { sameShape, type Tensor } from "../tensor/tensor.ts";

/** A number that says how close `actual` is to `reference`. */
export interface Metric {
  readonly name: string;
  readonly label: string;
  /** "dB", "nats", "%" ...; empty for a plain number. */
  readonly unit: string;
  readonly better: "higher" | "lower";
  /** Equal shapes; metrics of class scores read [images, classes]. `labels` holds one class index per image. */
  measure(reference: Tensor, actual: Tensor, labels?: ArrayLike<number>): number;
}

export function requireSameShape(reference: Tensor, actual: Tensor): void {
  if (!sameShape(reference.shape, actual.shape)) {
    throw new Error(`internal: cannot compare [${reference.shape.join(",")}] with [${actual.shape.join(",")}]`);
  }
}

/** Index of the largest score of each row of [images, classes]; the first of equals. */
export function argmaxRows({ shape, data }: Tensor): Int32Array<ArrayBuffer> {
  const [images, classes] = shape;
  const out = new Int32Array(images);
  for (let image = 0; image < images; image++) {
    for (let c = 1; c < classes; c++) if (data[image * classes + c] > data[image * classes + out[image]]) out[image] = c;
  }
  return out;
}
