/**
 * Integer weights of one resampling pass, as Pillow makes them: f64 weights normalised to sum 1, then fixed point with 22 bits
 * (32 minus 8 of the pixel minus 2 against overshoot), rounded half away from zero.
 */
import { FILTERS } from "./filters.ts";
import type { ConvolutionFilter } from "./filters.ts";

export const PRECISION_BITS = 22;

export interface ResampleCoefficients {
  /** First input pixel of each output pixel. */
  readonly starts: Int32Array;
  /** How many input pixels each output pixel reads. */
  readonly counts: Int32Array;
  /** [outputs, stride]: fixed-point weights; only the first `counts[i]` of a row are used. */
  readonly weights: Int32Array;
  readonly stride: number;
}

/** Datasets have few distinct sizes; beyond this many the cache starts anew instead of growing with a folder of odd images. */
const CACHE_LIMIT = 128;
const cache = new Map<string, ResampleCoefficients>();

/** Weights for the outputs `from` to `from + count - 1` of a pass that turns inSize pixels into outSize. */
export function resampleCoefficients(
  filter: ConvolutionFilter,
  inSize: number,
  outSize: number,
  from: number,
  count: number,
): ResampleCoefficients {
  const key = `${filter} ${inSize} ${outSize} ${from} ${count}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const made = makeCoefficients(filter, inSize, outSize, from, count);
  if (cache.size >= CACHE_LIMIT) cache.clear();
  cache.set(key, made);
  return made;
}

function makeCoefficients(filter: ConvolutionFilter, inSize: number, outSize: number, from: number, count: number): ResampleCoefficients {
  const shape = FILTERS[filter];
  const scale = inSize / outSize;
  // When shrinking, the filter is widened to cover every input pixel; when enlarging, it keeps its own width.
  const filterScale = Math.max(scale, 1);
  const support = shape.support * filterScale;
  const inverse = 1 / filterScale;
  // A window never exceeds the image, however wide the filter.
  const stride = Math.min(Math.ceil(support) * 2 + 1, inSize);
  const starts = new Int32Array(count);
  const counts = new Int32Array(count);
  const weights = new Int32Array(count * stride);
  const exact = new Float64Array(stride);
  for (let i = 0; i < count; i++) {
    const centre = (from + i + 0.5) * scale;
    const start = Math.max(Math.trunc(centre - support + 0.5), 0);
    const length = Math.min(Math.trunc(centre + support + 0.5), inSize) - start;
    let sum = 0;
    for (let k = 0; k < length; k++) {
      const weight = shape.weight((k + start - centre + 0.5) * inverse);
      exact[k] = weight;
      sum += weight;
    }
    for (let k = 0; k < length; k++) {
      const share = sum === 0 ? exact[k] : exact[k] / sum;
      weights[i * stride + k] = Math.trunc(share * 2 ** PRECISION_BITS + (share < 0 ? -0.5 : 0.5));
    }
    starts[i] = start;
    counts[i] = length;
  }
  return { starts, counts, weights, stride };
}
