import { requireSameShape, type Metric } from "./metric.ts";

/** Cosine of the angle between the two tensors as vectors; 1 when both are zero, 0 when one is. */
export const cosine: Metric = {
  name: "cosine",
  label: "cosine similarity",
  unit: "",
  better: "higher",
  measure(reference, actual) {
    requireSameShape(reference, actual);
    let [product, left, right] = [0, 0, 0];
    for (let i = 0; i < reference.data.length; i++) {
      product += reference.data[i] * actual.data[i];
      left += reference.data[i] ** 2;
      right += actual.data[i] ** 2;
    }
    if (left === 0 || right === 0) return left === right ? 1 : 0;
    return product / Math.sqrt(left * right);
  },
};
