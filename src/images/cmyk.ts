/**
 * Inks to light without a colour profile: (255 - ink)(255 - black) / 255. Pillow rounds that, Chromium cuts it off; a page cannot see the
 * inks, so this follows the browser: both environments agree, and Pillow is at most one level brighter.
 */
import type { Pixels } from "./pixels.ts";

/** inks: [H,W,4] u8, 0 = no ink */
export function pixelsFromCmyk(inks: Uint8Array, width: number, height: number): Pixels {
  const rgb = new Uint8Array(width * height * 3);
  let to = 0;
  for (let from = 0; from < inks.length; from += 4) {
    const light = 255 - inks[from + 3];
    for (let i = 0; i < 3; i++) rgb[to++] = Math.trunc(((255 - inks[from + i]) * light) / 255);
  }
  return { width, height, rgb };
}
