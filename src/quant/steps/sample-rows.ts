import { tensor, type Tensor } from "../../tensor/tensor.ts";

/**
 * At most `count` rows of the last axis, evenly spread over images and tokens, always the same ones: what a search judges candidates on.
 * x: [...,D] -> [rows,D]
 */
export function sampleRows(x: Tensor, count: number): Tensor {
  const width = x.shape.at(-1) ?? 0;
  const rows = x.data.length / width;
  if (rows <= count) return tensor([rows, width], x.data);
  const out = new Float32Array(count * width);
  for (let i = 0; i < count; i++) {
    const from = Math.floor(((i + 0.5) * rows) / count) * width;
    out.set(x.data.subarray(from, from + width), i * width);
  }
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
