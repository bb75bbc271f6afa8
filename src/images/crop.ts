/**
 * Where the centre crop lies. The rules differ between libraries, and off by one costs more than all of 8-bit quantization:
 * torchvision and timm round half to even, Hugging Face floors; both pad with black when the crop exceeds the image, torchvision with the
 * smaller half of the padding before the image, Hugging Face with the larger half.
 */
import { roundTiesToEven } from "../tensor/rounding.ts";
import type { Pixels } from "./pixels.ts";
import type { Preprocessing } from "./preprocessing.ts";

/** One axis of a crop: which part of the image is taken, and where it is put into the result. */
export interface CropSpan {
  /** First image pixel that is taken. */
  readonly start: number;
  /** How many image pixels are taken. */
  readonly length: number;
  /** Black pixels before them. */
  readonly padding: number;
}

/** torchvision and Hugging Face alike: the longer side is floor(size * long / short). */
export function shortestEdgeSize(width: number, height: number, size: number): { width: number; height: number } {
  if (width <= height) return { width: size, height: Math.trunc((size * height) / width) };
  return { width: Math.trunc((size * width) / height), height: size };
}

export function centreSpan(imageSize: number, cropSize: number, rounding: Preprocessing["rounding"]): CropSpan {
  const spare = imageSize - cropSize;
  if (spare >= 0) {
    return { start: rounding === "torchvision" ? roundTiesToEven(spare / 2) : Math.floor(spare / 2), length: cropSize, padding: 0 };
  }
  return { start: 0, length: imageSize, padding: rounding === "torchvision" ? Math.floor(-spare / 2) : Math.ceil(-spare / 2) };
}

/** Puts the taken part into a black image of the crop's size. */
export function padToCrop(part: Pixels, width: number, height: number, left: number, top: number): Pixels {
  if (part.width === width && part.height === height) return part;
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0; y < part.height; y++) {
    rgb.set(part.rgb.subarray(y * part.width * 3, (y + 1) * part.width * 3), ((top + y) * width + left) * 3);
  }
  return { width, height, rgb };
}
