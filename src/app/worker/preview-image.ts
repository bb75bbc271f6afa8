import { cropForDisplay, normalize } from "../../images/preprocess.ts";
import type { Pixels } from "../../images/pixels.ts";
import type { Preprocessing } from "../../images/preprocessing.ts";

/** An image as a preprocessing would hand it to the model. */
export interface SeenImage {
  readonly crop: Pixels;
  /** Of all normalised numbers, every colour's: mean and deviation change these and not the picture. */
  readonly lowest: number;
  readonly highest: number;
  readonly mean: number;
}

export function seeImage(pixels: Pixels, preprocessing: Preprocessing): SeenImage {
  const crop = cropForDisplay(pixels, preprocessing);
  let [lowest, highest, sum] = [Infinity, -Infinity, 0];
  const numbers = normalize(crop, preprocessing);
  for (const value of numbers) {
    lowest = Math.min(lowest, value);
    highest = Math.max(highest, value);
    sum += value;
  }
  return { crop, lowest, highest, mean: sum / numbers.length };
}
