/** The procedural image that the image goldens start from; tools/goldens/pattern.py draws the same one. Only tests import this. */
import type { Pixels } from "./pixels.ts";

function patternValue(x: number, y: number, channel: number): number {
  const smooth = ((7 * x + 13 * y + 31 * channel) * (3 * x + 5 * y + 11)) >> 3;
  const tiles = 29 * (((x >> 2) ^ (y >> 3)) & 1);
  return (smooth + tiles) & 255;
}

export function patternPixels(width: number, height: number): Pixels {
  const rgb = new Uint8Array(width * height * 3);
  let to = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < 3; channel++) rgb[to++] = patternValue(x, y, channel);
    }
  }
  return { width, height, rgb };
}
