import type { Tensor } from "../tensor/tensor.ts";
import { dot } from "./feature-cosine.ts";
import { requireSameShape, type Metric } from "./metric.ts";

/** Share of images whose nearest other image, by the cosine of their embeddings [images, width], is the same in both; 1 where there is no choice. */
export const neighbourAgreement: Metric = {
  name: "neighbourAgreement",
  label: "same nearest image",
  unit: "share",
  better: "higher",
  measure(reference, actual) {
    requireSameShape(reference, actual);
    const expected = nearestRows(reference);
    return nearestRows(actual).filter((nearest, image) => nearest === expected[image]).length / expected.length;
  },
};

/** For each row of [images, width] the other row at the smallest angle; the first of equals, -1 for a single row. */
export function nearestRows({ shape, data }: Tensor): Int32Array<ArrayBuffer> {
  const [images, width] = shape;
  const rows = Array.from({ length: images }, (_, image) => data.subarray(image * width, (image + 1) * width));
  const lengths = rows.map((row) => Math.sqrt(dot(row, row)) || 1);
  return Int32Array.from(rows, (row, image) => {
    let nearest = -1;
    let best = Number.NEGATIVE_INFINITY;
    rows.forEach((other, candidate) => {
      if (candidate === image) return;
      const cosine = dot(row, other) / (lengths[image] * lengths[candidate]);
      if (cosine > best) [nearest, best] = [candidate, cosine];
    });
    return nearest;
  });
}
