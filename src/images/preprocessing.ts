import type { ResampleFilter } from "./filters.ts";

/** How images become the tensor a model was trained on; from the files beside the weights, or assumed by family. */
export interface Preprocessing {
  /** Final size fed to the network: [height, width]. */
  readonly inputSize: readonly [number, number];
  /** shortest: shorter side to `size` then centre crop; squash: both sides to `size` then centre crop; none: images must have the input size. */
  readonly resize: "shortest" | "squash" | "none";
  /** Target of the shorter side (shortest) or of the height, the width in the proportion of the input (squash), in pixels. */
  readonly size: number;
  readonly interpolation: ResampleFilter;
  /** torchvision/timm round the crop offset half to even, Hugging Face floors it. */
  readonly rounding: "torchvision" | "huggingface";
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

/** timm states the resize target as the share of it that the crop keeps: 224 at 0.9 is 248, 224 at 0.875 is 256. */
export function sizeFromCropPct(inputSize: number, cropPct: number): number {
  return Math.floor(inputSize / cropPct);
}
