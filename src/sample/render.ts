/**
 * The sample's images: a seed in, a labelled 64 x 64 picture of one of sixteen objects out, the same bytes in Node and in every browser
 * (only + - * / and square roots, which IEEE 754 fixes; see trig.ts).
 */
import type { Pixels } from "../images/pixels.ts";
import { roundTiesToEven } from "../tensor/rounding.ts";
import { sceneOfSeed } from "./scene.ts";
import { SAMPLE_SHAPES } from "./shapes.ts";
import { tracerOf } from "./trace.ts";

export const SAMPLE_SIZE = 64;
export const SAMPLE_CLASSES: readonly string[] = SAMPLE_SHAPES.map((shape) => shape.name);

export interface LabelledImage {
  readonly pixels: Pixels;
  readonly label: number;
}

/** Pixels whose neighbour differs by more than this (after tone mapping, 0 to 1) are traced again with four rays. */
const EDGE_CONTRAST = 0.1;
/** The four rays' places within a pixel, in pixels from its centre: a rotated grid. */
const SUBPIXELS = [-0.125, -0.375, 0.375, -0.125, 0.125, 0.375, -0.375, 0.125] as const;

/** Linear light to display: the square root stands for the usual gamma of 2.2, which would need a power function. */
function tone(x: number): number {
  return Math.sqrt(x <= 0 ? 0 : x >= 1 ? 1 : x);
}

export function renderSample(seed: number): LabelledImage {
  const scene = sceneOfSeed(seed);
  const trace = tracerOf(scene);
  const size = SAMPLE_SIZE;
  const half = size / 2;
  const light = new Float64Array(3);

  const image = new Float64Array(size * size * 3); // tone-mapped, [y, x, rgb]
  for (let y = 0, at = 0; y < size; y++) {
    for (let x = 0; x < size; x++, at += 3) {
      trace((x + 0.5 - half) / half, (half - y - 0.5) / half, light);
      for (let c = 0; c < 3; c++) image[at + c] = tone(light[c] as number);
    }
  }

  const differs = (a: number, b: number): boolean =>
    Math.abs((image[a] as number) - (image[b] as number)) > EDGE_CONTRAST ||
    Math.abs((image[a + 1] as number) - (image[b + 1] as number)) > EDGE_CONTRAST ||
    Math.abs((image[a + 2] as number) - (image[b + 2] as number)) > EDGE_CONTRAST;

  const rgb = new Uint8Array(size * size * 3);
  const row = size * 3;
  for (let y = 0, at = 0; y < size; y++) {
    for (let x = 0; x < size; x++, at += 3) {
      const edge =
        (x > 0 && differs(at, at - 3)) ||
        (x < size - 1 && differs(at, at + 3)) ||
        (y > 0 && differs(at, at - row)) ||
        (y < size - 1 && differs(at, at + row));
      let red = image[at] as number;
      let green = image[at + 1] as number;
      let blue = image[at + 2] as number;
      if (edge) {
        red = green = blue = 0;
        for (let s = 0; s < 8; s += 2) {
          trace((x + 0.5 + (SUBPIXELS[s] as number) - half) / half, (half - y - 0.5 - (SUBPIXELS[s + 1] as number)) / half, light);
          red += tone(light[0] as number) / 4;
          green += tone(light[1] as number) / 4;
          blue += tone(light[2] as number) / 4;
        }
      }
      rgb[at] = roundTiesToEven(red * 255);
      rgb[at + 1] = roundTiesToEven(green * 255);
      rgb[at + 2] = roundTiesToEven(blue * 255);
    }
  }
  return { pixels: { width: size, height: size, rgb }, label: scene.label };
}
