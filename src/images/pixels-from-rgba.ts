/**
 * RGBA to RGB. Opaque pixels stay as they are; others are composited on white: 255 - a + round(c * a / 255), colour not premultiplied.
 *
 * Why this very formula: a canvas keeps round(c * a / 255) and hands back that divided by the alpha; multiplying by the alpha again
 * gives the kept number, so a browser and a decoder that never premultiplies agree to the bit. Ties cannot occur, as 255 is odd.
 */
import type { Pixels } from "./pixels.ts";

/** rgba: [H,W,4] u8 */
export function pixelsFromRgba(rgba: Uint8Array | Uint8ClampedArray, width: number, height: number): Pixels {
  if (rgba.length !== width * height * 4) throw new Error(`internal: ${rgba.length} bytes are no ${width}x${height} RGBA image`);
  const rgb = new Uint8Array(width * height * 3);
  let to = 0;
  for (let from = 0; from < rgba.length; from += 4) {
    const alpha = rgba[from + 3];
    const white = 255 - alpha;
    rgb[to++] = white + nearestOf255ths(rgba[from] * alpha);
    rgb[to++] = white + nearestOf255ths(rgba[from + 1] * alpha);
    rgb[to++] = white + nearestOf255ths(rgba[from + 2] * alpha);
  }
  return { width, height, rgb };
}

/** The integer nearest to product / 255, for 0 <= product <= 255 * 255. */
function nearestOf255ths(product: number): number {
  return Math.trunc((product + 127) / 255);
}
