import { cropForDisplay, normalize } from "../images/preprocess.ts";
import type { Pixels } from "../images/pixels.ts";
import type { Preprocessing } from "../images/preprocessing.ts";
import type { ImageSource } from "../runner/image-source.ts";
import { tensor } from "../tensor/tensor.ts";

/** Of crops, 8 bit: 1700 images of 224 x 224 pixels. */
export const MOST_KEPT_BYTES = 256e6;
/** Comparing reads a batch and some of its images alone: these stay, however many there are. */
const NEAR = 16;

/** Decodes an image once and keeps what the model sees of it, up to `mostBytes`; `known`: crops of the first images that are there already. */
export function cropSource(
  count: number,
  pixelsOf: (index: number) => Promise<Pixels>,
  preprocessing: Preprocessing,
  known: readonly Pixels[] = [],
  mostBytes: number = MOST_KEPT_BYTES,
): ImageSource {
  const [height, width] = preprocessing.inputSize;
  const elements = 3 * height * width;
  const kept = new Map(known.entries());
  return {
    count,
    async batch(start, end) {
      const data = new Float32Array((end - start) * elements);
      for (const index of kept.keys()) {
        if ((kept.size + end - start) * elements <= mostBytes) break;
        if (index < start - NEAR || index >= end + NEAR) kept.delete(index);
      }
      for (let i = start; i < end; i++) {
        const crop = kept.get(i) ?? cropForDisplay(await pixelsOf(i), preprocessing);
        kept.set(i, crop);
        data.set(normalize(crop, preprocessing), (i - start) * elements);
      }
      return tensor([end - start, 3, height, width], data);
    },
  };
}
