import { seededRandom } from "../../tensor/random.ts";
import { tensor, type Tensor } from "../../tensor/tensor.ts";

/**
 * `count` of `length` places, one at random in each of as many equal parts, always the same ones. Regular steps would not do: where they divide an image's
 * tokens they meet the same tokens in every image, and may never meet the class token.
 */
export function samplePlaces(length: number, count: number): Uint32Array<ArrayBuffer> {
  const random = seededRandom(length);
  return Uint32Array.from({ length: count }, (_, i) => Math.min(length - 1, Math.floor(((i + random()) * length) / count)));
}

/** At most `count` rows of the last axis: what a search judges candidates on. x: [...,D] -> [rows,D] */
export function sampleRows(x: Tensor, count: number): Tensor {
  const width = x.shape.at(-1) ?? 0;
  const rows = x.data.length / width;
  if (rows <= count) return tensor([rows, width], x.data);
  const out = new Float32Array(count * width);
  samplePlaces(rows, count).forEach((row, i) => out.set(x.data.subarray(row * width, (row + 1) * width), i * width));
  return tensor([count, width], out);
}

/** The first `count` images. x: [B,...] */
export function firstOf(x: Tensor, count: number): Tensor {
  const [images, ...shape] = x.shape;
  return images <= count ? x : tensor([count, ...shape], x.data.subarray(0, (x.data.length / images) * count));
}

/** Sum of squared differences. */
export function squaredDistance(a: Tensor, b: Tensor): number {
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) {
    const difference = a.data[i] - b.data[i];
    sum += difference * difference;
  }
  return sum;
}
