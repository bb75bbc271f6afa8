import { normalize } from "../../images/preprocess.ts";
import type { Pixels } from "../../images/pixels.ts";
import type { Preprocessing } from "../../images/preprocessing.ts";
import type { ImageFacts } from "../../images/read-facts.ts";
import type { Split } from "../../runner/data/choose-images.ts";
import type { ImageSource } from "../../runner/image-source.ts";
import { tensor } from "../../tensor/tensor.ts";
import type { LabImage } from "./lab-api.ts";

/** An image in the worker: what the model sees, 8 bit, is all that is kept of it. */
export interface HeldImage {
  readonly id: string;
  readonly name: string;
  readonly label: number | null;
  /** null for pictures that are rendered. */
  readonly facts: ImageFacts | null;
  readonly crop: Pixels;
}

/** The thumbnail that the page draws. */
export async function labImage({ id, name, label, crop }: HeldImage): Promise<LabImage> {
  return { id, name, label, thumbnail: await bitmapOf(crop) };
}

export function bitmapOf({ rgb, width, height }: Pixels): Promise<ImageBitmap> {
  const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) {
    for (let channel = 0; channel < 3; channel++) rgba[4 * i + channel] = rgb[3 * i + channel];
  }
  return createImageBitmap(new ImageData(rgba, width, height));
}

/** Held images as the engine reads them. */
export function heldSource(images: readonly HeldImage[], preprocessing: Preprocessing): ImageSource {
  const [height, width] = preprocessing.inputSize;
  return {
    count: images.length,
    batch(start, end) {
      const data = new Float32Array((end - start) * 3 * height * width);
      for (let i = start; i < end; i++) data.set(normalize(images[i].crop, preprocessing), (i - start) * 3 * height * width);
      return Promise.resolve(tensor([end - start, 3, height, width], data));
    },
  };
}

/** Class index of every evaluated image; null unless all have one. */
export function evaluationLabels({ evaluation }: Split<HeldImage>): Int32Array<ArrayBuffer> | null {
  if (!evaluation.every(({ label }) => label !== null)) return null;
  return Int32Array.from(evaluation, ({ label }) => label ?? 0);
}
