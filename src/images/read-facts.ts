import { checkImage, type ImageHeader } from "./check-image.ts";
import { imageTraits, type ImageTrait } from "./image-traits.ts";

/** What an image's bytes tell before anything is decoded. */
export interface ImageFacts extends ImageHeader {
  readonly traits: readonly ImageTrait[];
}

/** Throws an InputError unless the bytes look like an image that can be decoded. */
export function readFacts(bytes: Uint8Array, name: string): ImageFacts {
  const header = checkImage(bytes, name);
  return { ...header, traits: imageTraits(bytes, header.kind) };
}
