/** Whether pixels look like a picture at all: of one colour, or noise, they say nothing about what a model meets. */
import type { Pixels } from "./pixels.ts";

export type PictureKind = "picture" | "flat" | "noise";

/** Of 255: JPEG's own noise on one colour stays below. */
const LEAST_DEVIATION = 2;
/** Neighbours in photographs correlate by 0.9 and more, in drawings and text by 0.5, in noise by 0. */
const LEAST_CORRELATION = 0.15;

/** By the green samples, of which the eye's brightness mostly is; a pixel and its right neighbour. */
export function pictureKind({ width, height, rgb }: Pixels): PictureKind {
  let [count, sum, squares, products, neighbours] = [0, 0, 0, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = rgb[3 * (y * width + x) + 1];
      count++;
      sum += value;
      squares += value * value;
      if (x === 0) continue;
      products += value * rgb[3 * (y * width + x - 1) + 1];
      neighbours++;
    }
  }
  const mean = sum / count;
  const variance = squares / count - mean * mean;
  if (variance < LEAST_DEVIATION ** 2) return "flat";
  if (neighbours === 0) return "picture";
  return (products / neighbours - mean * mean) / variance < LEAST_CORRELATION ? "noise" : "picture";
}
