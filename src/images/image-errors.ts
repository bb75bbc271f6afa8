/** Every code that reading images can end in, with one line each. Codes are stable; texts may change. */
import { InputError } from "../tensor/input-error.ts";

export const imageErrorCodes = {
  IMAGE_EMPTY: "The file has no bytes.",
  IMAGE_LFS_POINTER: "A Git-LFS pointer stands where the image should be.",
  IMAGE_HTML: "A web page was saved instead of the image.",
  IMAGE_HEIC: "An iPhone photo (HEIC/HEIF), which few browsers decode.",
  IMAGE_FORMAT_UNSUPPORTED:
    "A known kind of image that is not decoded alike everywhere (TIFF, AVIF, JPEG XL ...), or not in this environment.",
  IMAGE_UNKNOWN: "The bytes are no image of a kind that is known here.",
  IMAGE_TRUNCATED: "The file ends before the image does.",
  IMAGE_UNDECODABLE: "The image is damaged, or uses a variant of its format that the decoder lacks.",
  IMAGE_TOO_LARGE: "More pixels than are decoded.",
  IMAGE_SIZE_MISMATCH: "The preprocessing resizes nothing and the image has another size than the model's input.",
} as const satisfies Record<string, string>;

export type ImageErrorCode = keyof typeof imageErrorCodes;

/** An InputError whose code is in the list above. */
export function imageError(code: ImageErrorCode, what: string, why: string, next: string): InputError {
  return new InputError(code, { what, why, next });
}
