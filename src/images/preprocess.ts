/** From decoded pixels to the tensor that a network reads: resize, centre crop, normalise; equal to the bit to Pillow and torch on a CPU. */
import { InputError } from "../tensor/input-error.ts";
import { centreSpan, padToCrop, shortestEdgeSize } from "./crop.ts";
import type { Pixels } from "./pixels.ts";
import type { Preprocessing } from "./preprocessing.ts";
import { resample } from "./resample.ts";

/** -> [3,H,W], channel by channel, normalised */
export function preprocess(pixels: Pixels, p: Preprocessing): Float32Array<ArrayBuffer> {
  return normalize(cropForDisplay(pixels, p), p);
}

/** The 8-bit image that the network sees: what preprocess normalises. */
export function cropForDisplay(pixels: Pixels, p: Preprocessing): Pixels {
  const [height, width] = p.inputSize;
  if (p.resize === "none") {
    if (pixels.width === width && pixels.height === height) return pixels;
    throw new InputError("IMAGE_SIZE_MISMATCH", {
      what: `The image is ${pixels.width} x ${pixels.height} pixels.`,
      why: `The model's preprocessing resizes nothing, so images must be ${width} x ${height}.`,
      next: "Give images of that size, or choose a preprocessing that resizes.",
    });
  }
  const resized =
    p.resize === "squash"
      ? { width: Math.floor((p.size * width) / height), height: p.size }
      : shortestEdgeSize(pixels.width, pixels.height, p.size);
  const across = centreSpan(resized.width, width, p.rounding);
  const down = centreSpan(resized.height, height, p.rounding);
  const region = { left: across.start, top: down.start, width: across.length, height: down.length };
  const part = resample(pixels, resized.width, resized.height, p.interpolation, region);
  return padToCrop(part, width, height, across.padding, down.padding);
}

/** image: [H,W,3] u8 -> [3,H,W] f32: ((u8 / 255) - mean) / std, rounded to f32 after each step as torch does, constants in f32 too. */
export function normalize(image: Pixels, p: Pick<Preprocessing, "mean" | "std">): Float32Array<ArrayBuffer> {
  const plane = image.width * image.height;
  const tensor = new Float32Array(3 * plane);
  const levels = normalizationLevels(p);
  for (let channel = 0; channel < 3; channel++) {
    const from = channel * plane;
    for (let i = 0; i < plane; i++) tensor[from + i] = levels[256 * channel + image.rgb[i * 3 + channel]];
  }
  return tensor;
}

/** [3,256]: what each byte of each colour becomes. */
export function normalizationLevels(p: Pick<Preprocessing, "mean" | "std">): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: 768 }, (_, i) => {
    const mean = Math.fround(p.mean[i >> 8]);
    return Math.fround(Math.fround(Math.fround((i & 255) / 255) - mean) / Math.fround(p.std[i >> 8]));
  });
}
