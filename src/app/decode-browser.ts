/**
 * Image bytes to pixels in a browser, worker or page: no colour management, no premultiplication where it can be avoided, orientation taken
 * out beforehand because browsers always apply it. Gives the pixels that src/cli/decode-node.ts gives.
 */
import { fromBlob } from "../formats/byte-source.ts";
import { readBytes } from "../formats/read-bytes.ts";
import { checkImage, decodeFailure } from "../images/check-image.ts";
import { stripOrientation } from "../images/exif.ts";
import { pixelsFromRgba } from "../images/pixels-from-rgba.ts";
import type { Pixels } from "../images/pixels.ts";

export async function decodeInBrowser(blob: Blob, name: string): Promise<Pixels> {
  const bytes = await readBytes(fromBlob(blob, name), 0, blob.size);
  const { kind } = checkImage(bytes, name);
  try {
    return await decode(stripOrientation(bytes));
  } catch (cause) {
    throw decodeFailure(bytes, kind, name, cause);
  }
}

async function decode(bytes: Uint8Array<ArrayBuffer>): Promise<Pixels> {
  const bitmap = await createImageBitmap(new Blob([bytes]), { colorSpaceConversion: "none", premultiplyAlpha: "none" });
  try {
    const { width, height } = bitmap;
    const context = readableContext(width, height);
    context.drawImage(bitmap, 0, 0);
    return pixelsFromRgba(context.getImageData(0, 0, width, height).data, width, height);
  } finally {
    bitmap.close();
  }
}

/**
 * False where the browser falsifies what is read back from a canvas, as some do against fingerprinting (Brave, Firefox with
 * resistFingerprinting): decoded pixels then differ from the file's by a bit here and there.
 */
export function canvasReadsBackExactly(): boolean {
  const side = 32;
  const context = readableContext(side, side);
  const written = new ImageData(side, side);
  for (let i = 0; i < written.data.length; i++) written.data[i] = i % 4 === 3 ? 255 : (i * 37) & 255;
  context.putImageData(written, 0, 0);
  const read = context.getImageData(0, 0, side, side).data;
  return read.every((value, i) => value === written.data[i]);
}

/** In memory, not on the GPU: there it would be copied back for every image, and rounding would be the driver's. */
function readableContext(width: number, height: number): OffscreenCanvasRenderingContext2D {
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (context === null) throw new Error(`no canvas of ${width} x ${height} pixels`);
  return context;
}
