/**
 * Preprocessing on the GPU with the bytes and floats of the CPU's `preprocess`: both passes of the resampling, then normalisation.
 * Filters without fixed-point weights (nearest) and crops larger than the image stay on the CPU.
 */
import { checkBufferSize, type Gpu } from "../gpu/device.ts";
import { runKernel } from "../gpu/run-kernel.ts";
import { normalizePixels } from "../gpu/kernels/normalize-pixels.ts";
import { resample } from "../gpu/kernels/resample.ts";
import { centreSpan, shortestEdgeSize } from "../images/crop.ts";
import type { ConvolutionFilter } from "../images/filters.ts";
import type { Pixels } from "../images/pixels.ts";
import { normalizationLevels, preprocess } from "../images/preprocess.ts";
import type { Preprocessing } from "../images/preprocessing.ts";
import { resampleCoefficients } from "../images/resample-coefficients.ts";

/** -> [3,H,W], the same bits as `preprocess`. */
export async function preprocessOnGpu(gpu: Gpu, pixels: Pixels, p: Preprocessing): Promise<Float32Array<ArrayBuffer>> {
  const words = await cropWords(gpu, pixels, p);
  if (!words) return preprocess(pixels, p);
  const out = await runKernel(gpu, normalizePixels, { pixels: words.length }, {}, [normalizationLevels(p), words], 3 * words.length);
  return new Float32Array(out.buffer, 0, 3 * words.length);
}

/** The same bytes as `cropForDisplay`; null where the CPU does it. */
export async function cropOnGpu(gpu: Gpu, pixels: Pixels, p: Preprocessing): Promise<Pixels | null> {
  const words = await cropWords(gpu, pixels, p);
  if (!words) return null;
  const rgb = new Uint8Array(3 * words.length);
  for (let i = 0; i < rgb.length; i++) rgb[i] = words[Math.floor(i / 3)] >>> (8 * (i % 3));
  return { width: p.inputSize[1], height: p.inputSize[0], rgb };
}

/** Resized and cropped, one pixel a word; null for what stays on the CPU. */
async function cropWords(gpu: Gpu, pixels: Pixels, p: Preprocessing): Promise<Uint32Array<ArrayBuffer> | null> {
  const [height, width] = p.inputSize;
  if (p.resize === "none" || p.interpolation === "nearest") return null;
  const target =
    p.resize === "squash"
      ? { width: Math.floor((p.size * width) / height), height: p.size }
      : shortestEdgeSize(pixels.width, pixels.height, p.size);
  const across = centreSpan(target.width, width, p.rounding);
  const down = centreSpan(target.height, height, p.rounding);
  if (across.padding + down.padding > 0 || across.length !== width || down.length !== height) return null;
  const columns = { filter: p.interpolation, from: pixels.width, to: target.width, start: across.start, count: width };
  const rows = { filter: p.interpolation, from: pixels.height, to: target.height, start: down.start, count: height };
  // x: [H0,W0] -> [H0,width] -> [height,width]
  let words = packPixels(gpu, pixels);
  words = await pass(gpu, words, columns, { lines: pixels.height, in_line: pixels.width, in_step: 1, out_line: width, out_step: 1 });
  words = await pass(gpu, words, rows, { lines: width, in_line: 1, in_step: width, out_line: 1, out_step: width });
  return words.subarray(0, width * height);
}

interface Axis {
  readonly filter: ConvolutionFilter;
  readonly from: number;
  readonly to: number;
  readonly start: number;
  readonly count: number;
}

type Strides = Readonly<Record<"lines" | "in_line" | "in_step" | "out_line" | "out_step", number>>;

/** A pass that would not change its size copies: one tap of weight one, which is exact. */
async function pass(gpu: Gpu, words: Uint32Array<ArrayBuffer>, axis: Axis, strides: Strides): Promise<Uint32Array<ArrayBuffer>> {
  const { filter, from, to, start, count } = axis;
  const copy = from === to;
  const { starts, counts, weights, stride } = copy ? copyCoefficients(start, count) : resampleCoefficients(filter, from, to, start, count);
  const spans = Int32Array.from({ length: 2 * count }, (_, i) => (i % 2 === 0 ? starts[i >> 1] : counts[i >> 1]));
  const params = { ...strides, outputs: count, stride, first: 0 };
  return runKernel(gpu, resample, params, {}, [spans, Int32Array.from(weights), words], strides.lines * count);
}

function copyCoefficients(start: number, count: number) {
  const starts = Int32Array.from({ length: count }, (_, i) => start + i);
  return { starts, counts: new Int32Array(count).fill(1), weights: new Int32Array(count).fill(1 << 22), stride: 1 };
}

function packPixels({ device }: Gpu, { width, height, rgb }: Pixels): Uint32Array<ArrayBuffer> {
  checkBufferSize(device, 4 * width * height, "an image");
  const words = new Uint32Array(width * height);
  for (let i = 0; i < words.length; i++) words[i] = rgb[3 * i] | (rgb[3 * i + 1] << 8) | (rgb[3 * i + 2] << 16);
  return words;
}
