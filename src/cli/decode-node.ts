/**
 * Image bytes to pixels in Node, by sharp (libvips): no colour management, no orientation, no premultiplication.
 * Gives the pixels that decode-browser.ts gives; for opaque images that are not CMYK, those of Pillow's convert("RGB").
 */
import sharp from "sharp";
import type { SharpOptions } from "sharp";
import { checkImage, decodeFailure, MAX_PIXELS, type ImageHeader } from "../images/check-image.ts";
import { pixelsFromCmyk } from "../images/cmyk.ts";
import { stripOrientation } from "../images/exif.ts";
import { imageError } from "../images/image-errors.ts";
import { jpegFrame } from "../images/image-size.ts";
import { pixelsFromRgba } from "../images/pixels-from-rgba.ts";
import type { Pixels } from "../images/pixels.ts";

/** "error" refuses what browsers and Pillow refuse; sharp's default would also refuse mere warnings, and "none" fills holes with grey. */
const OPTIONS: SharpOptions = { failOn: "error", ignoreIcc: true, limitInputPixels: MAX_PIXELS };

export async function decodeInNode(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<Pixels> {
  const header = checkImage(bytes, name);
  if (header.kind === "bmp") {
    throw imageError(
      "IMAGE_FORMAT_UNSUPPORTED",
      `${name} is a BMP image.`,
      "The decoder used outside of the browser does not read BMP.",
      "Save it as PNG, or run with --browser.",
    );
  }
  try {
    return await decode(stripOrientation(bytes), header);
  } catch (cause) {
    throw decodeFailure(bytes, header.kind, name, cause);
  }
}

async function decode(bytes: Uint8Array<ArrayBuffer>, header: ImageHeader): Promise<Pixels> {
  if (header.kind === "jpeg" && jpegFrame(bytes)?.components === 4) {
    // Both calls are needed: the first keeps sharp from converting on the way in, the second on the way out.
    const inks = await sharp(bytes, OPTIONS).pipelineColourspace("cmyk").toColourspace("cmyk").raw().toBuffer({ resolveWithObject: true });
    return pixelsFromCmyk(inks.data, inks.info.width, inks.info.height);
  }
  const { data, info } = await sharp(bytes, OPTIONS).toColourspace("srgb").raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true });
  if (info.channels === 4) return pixelsFromRgba(data, info.width, info.height);
  if (info.channels !== 3) throw new Error(`${info.channels} channels`);
  return { width: info.width, height: info.height, rgb: new Uint8Array(data) };
}
