import { normals, quads } from "./case-data.ts";
import type { KernelCase } from "./kernel-case.ts";

const patchShapes = [
  { name: "1 patch of 1 pixel", images: 1, channels: 1, patch: 1, down: 1, across: 1 },
  { name: "3 images of 2 x 3 patches of 5, 3 channels", images: 3, channels: 3, patch: 5, down: 2, across: 3 },
  { name: "2 images of 3 x 2 patches of 4 to 8-bit codes", images: 2, channels: 3, patch: 4, down: 3, across: 2, top: 255 },
  { name: "1 image of 5 x 1 patches of 3 to 3-bit codes", images: 1, channels: 1, patch: 3, down: 5, across: 1, top: 7 },
];

/** Pixels are multiples of 1/8 and steps powers of two, so that many codes are rounding ties. */
export const patchifyCases = patchShapes.map(({ name, images, channels, patch, down, across, top }, index): KernelCase => {
  const depth = channels * patch * patch;
  const [height, width] = [down * patch, across * patch];
  const patches = down * across;
  const stride4 = quads(depth);
  return {
    name,
    params: {
      patches,
      columns: across,
      depth,
      stride4,
      patch_size: patch,
      height,
      width,
      images,
      inverse_scale: top === 255 ? 68 : 4,
      zero: top === 255 ? -20 : 2,
      code_max: top ?? 0,
    },
    constants: { QUANTIZE: top === undefined ? 0 : 1 },
    inputs: () => [normals(5000 + index, images * channels * height * width).map((value) => Math.floor(8 * value) / 8)],
    outputWords: images * patches * stride4 * (top === undefined ? 4 : 1),
  };
});
