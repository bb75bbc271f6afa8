/** Crops of large photographs by the GPU, where it gives the CPU's bytes; the CPU's otherwise. */
import type { GpuOf } from "../gpu/current-gpu.ts";
import type { Gpu } from "../gpu/device.ts";
import type { Pixels } from "../images/pixels.ts";
import { cropForDisplay } from "../images/preprocess.ts";
import type { Preprocessing } from "../images/preprocessing.ts";
import { cropOnGpu } from "./gpu-preprocess.ts";

/** The 8-bit image that the network sees. */
export type Crop = (pixels: Pixels, preprocessing: Preprocessing) => Promise<Pixels>;

/** Below this the way to the GPU and back takes longer than the CPU. */
const LEAST_PIXELS = 2 ** 20;

export interface CropperOptions {
  /** Which adapters take over; a software adapter computes on the same processor, and slower. */
  readonly wants?: (gpu: Gpu) => boolean;
  readonly leastPixels?: number;
  readonly cropOn?: typeof cropOnGpu;
}

export function createCropper(gpuOf: GpuOf, options: CropperOptions = {}): Crop {
  const { wants = ({ isSoftware }: Gpu) => !isSoftware, leastPixels = LEAST_PIXELS, cropOn = cropOnGpu } = options;
  const verdicts = new WeakMap<GPUDevice, Promise<boolean>>();
  const isExactOn = (gpu: Gpu): Promise<boolean> => {
    const known = verdicts.get(gpu.device) ?? isExact(gpu, cropOn);
    verdicts.set(gpu.device, known);
    return known;
  };
  const onGpu: (...args: Parameters<Crop>) => Promise<Pixels | null> = async (pixels, preprocessing) => {
    const count = pixels.width * pixels.height;
    if (count < leastPixels) return null;
    const gpu = await gpuOf();
    if (!wants(gpu) || 4 * count > gpu.device.limits.maxStorageBufferBindingSize || !(await isExactOn(gpu))) return null;
    return cropOn(gpu, pixels, preprocessing);
  };
  return async (pixels, preprocessing) => {
    // No adapter, a lost device, no memory: images open all the same.
    const crop = await onGpu(pixels, preprocessing).catch(() => null);
    return crop ?? cropForDisplay(pixels, preprocessing);
  };
}

/** Both ways of resizing, on an image of many colours, must give the CPU's bytes. */
async function isExact(gpu: Gpu, cropOn: typeof cropOnGpu): Promise<boolean> {
  const [width, height] = [61, 45];
  const rgb = Uint8Array.from({ length: 3 * width * height }, (_, i) => (i * i * 31 + i * 7) >>> 4);
  for (const size of [28, 70]) {
    for (const interpolation of ["bicubic", "bilinear"] as const) {
      const mean = [0, 0, 0] as const;
      const p: Preprocessing = {
        inputSize: [24, 20],
        resize: "shortest",
        size,
        interpolation,
        rounding: "torchvision",
        mean,
        std: [1, 1, 1],
      };
      const [actual, expected] = [await cropOn(gpu, { width, height, rgb }, p), cropForDisplay({ width, height, rgb }, p)];
      if (!actual?.rgb.every((byte, i) => byte === expected.rgb[i])) return false;
    }
  }
  return true;
}
