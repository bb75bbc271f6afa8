import type { Tensor } from "../tensor/tensor.ts";
import { requireSameShape, type Metric } from "./metric.ts";

/** Mean over images of KL(softmax(reference) || softmax(actual)), in nats. */
export const klDivergence: Metric = {
  name: "klDivergence",
  label: "KL divergence",
  unit: "nats",
  better: "lower",
  measure(reference, actual) {
    requireSameShape(reference, actual);
    const [images, classes] = reference.shape;
    let total = 0;
    for (let image = 0; image < images; image++) {
      const p = logSoftmax(reference, image, classes);
      const q = logSoftmax(actual, image, classes);
      for (let c = 0; c < classes; c++) total += Math.exp(p[c]) * (p[c] - q[c]);
    }
    return total / images;
  },
};

function logSoftmax({ data }: Tensor, image: number, classes: number): Float64Array {
  const row = Float64Array.from(data.subarray(image * classes, (image + 1) * classes));
  const largest = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const logSum = largest + Math.log(row.reduce((sum, value) => sum + Math.exp(value - largest), 0));
  return row.map((value) => value - logSum);
}
