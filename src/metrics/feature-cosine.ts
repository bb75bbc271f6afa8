import { requireSameShape, type Metric } from "./metric.ts";

/** Mean over images of the cosine between the two embeddings [images, width]; 1 where both are zero, 0 where one is. */
export const featureCosine: Metric = {
  name: "featureCosine",
  label: "feature cosine",
  unit: "",
  better: "higher",
  measure(reference, actual) {
    requireSameShape(reference, actual);
    const [images, width] = reference.shape;
    let total = 0;
    for (let image = 0; image < images; image++) {
      const [a, b] = [reference, actual].map(({ data }) => data.subarray(image * width, (image + 1) * width));
      const lengths = Math.sqrt(dot(a, a) * dot(b, b));
      total += lengths > 0 ? dot(a, b) / lengths : Number(dot(a, a) === dot(b, b));
    }
    return total / images;
  },
};

export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
