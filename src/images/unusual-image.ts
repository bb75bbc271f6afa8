/** Images that can be decoded, but hardly are what was meant: they are left out and counted, unless somebody asks for them. */
import type { InputError } from "../tensor/input-error.ts";
import { imageError } from "./image-errors.ts";
import type { ImageSize } from "./image-size.ts";
import type { Preprocessing } from "./preprocessing.ts";

/** CIFAR's 32 pixels become 224 by a factor of 7, 8 pixels by one of 28. */
const MOST_UPSCALED = 16;
/** A panorama is 10 times as wide as it is high at most. */
const MOST_ELONGATED = 20;
/** 200 MB as RGBA: seconds to decode. From 100 megapixels on, checkImage refuses. */
const MOST_MEGAPIXELS = 50;

/** Of the refusals below: whoever asks for such images gets them. */
export const UNUSUAL_CODES: ReadonlySet<string> = new Set(["IMAGE_HUGE", "IMAGE_ELONGATED", "IMAGE_TINY"]);

const NEXT = "Leave it out, or ask for unusual images too (the Data panel's choice, --unusual use).";

/** Why an image of this size is left out, or null. Sizes come from the header, so that nothing large is decoded to find out. */
export function unusualImage({ width, height }: ImageSize, name: string, preprocessing: Preprocessing): InputError | null {
  const size = `${name} has ${width} x ${height} pixels.`;
  if (width * height > MOST_MEGAPIXELS * 1e6) {
    const need = `More than ${MOST_MEGAPIXELS} megapixels take seconds to decode, and the model reads a few hundred pixels a side.`;
    return imageError("IMAGE_HUGE", size, need, NEXT);
  }
  const aspect = Math.max(width, height) / Math.min(width, height);
  if (aspect > MOST_ELONGATED) {
    const kept = `One side is ${aspect.toFixed(0)} times the other: ${preprocessing.resize === "squash" ? "it would be squashed" : "the crop keeps a sliver of it"}.`;
    return imageError("IMAGE_ELONGATED", size, kept, NEXT);
  }
  const factor = upscaling({ width, height }, preprocessing);
  if (factor <= MOST_UPSCALED) return null;
  return imageError(
    "IMAGE_TINY",
    size,
    `It would be upscaled ${factor.toFixed(0)} times, and hardly show what the model was trained on.`,
    NEXT,
  );
}

/** How many pixels of the resized image stand for one of the file, on the side where they are most. */
function upscaling({ width, height }: ImageSize, { resize, size, inputSize }: Preprocessing): number {
  if (resize === "none") return 1;
  if (resize === "shortest") return size / Math.min(width, height);
  return Math.max(size / height, (size * inputSize[1]) / inputSize[0] / width);
}
