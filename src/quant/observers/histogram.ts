import { endsOf } from "./ends.ts";

/**
 * A weighted summary of many values on which candidates of a search are judged: bins with their count and the mean of what fell into them.
 *
 * Bins are cut along the bits of the float, so that filling them takes no arithmetic and is the same everywhere: in the octave of the largest magnitude
 * 2^topBits bins of equal width, in each octave below it half as many (the same width), but never fewer than 2^6, which is a logarithmic scale with steps of
 * at most 1.6 %. So probabilities near 0 keep their resolution, and so does an 8-bit uniform grid near the top. Few values are kept as they are.
 */
export interface Histogram {
  /** Mean of each bin's values, ascending; no bin is empty. */
  readonly centres: Float32Array<ArrayBuffer>;
  readonly counts: Float64Array<ArrayBuffer>;
  /** Sum of squared distances of the values from their bin's centre: what no candidate can change. */
  readonly scatter: number;
  readonly low: number;
  readonly high: number;
}

const LOWEST_BITS = 6;
const MANTISSA_BITS = 23;
const OCTAVES = 255;
/** Fewer values than this many per top octave are their own bins. */
const KEEP_BELOW_OCTAVES = 2;

const known = new WeakMap<Float32Array, Map<number, Histogram>>();

/**
 * For candidates of this many bits: a uniform grid over the values gets 32 bins per step, 16 at 8 bits. `values` must be finite; several methods look at
 * the same ones, so the result is kept with them.
 */
export function histogramOf(values: Float32Array<ArrayBuffer>, bits: number): Histogram {
  const topBits = Math.min(bits + 4, 11);
  const kept = known.get(values) ?? new Map<number, Histogram>();
  known.set(values, kept);
  const histogram = kept.get(topBits) ?? buildHistogram(values, topBits);
  kept.set(topBits, histogram);
  return histogram;
}

function buildHistogram(values: Float32Array<ArrayBuffer>, topBits: number): Histogram {
  if (values.length === 0) throw new Error("internal: histogram of nothing");
  if (values.length < KEEP_BELOW_OCTAVES << topBits) return exactHistogram(values);
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  let largest = 0;
  for (let i = 0; i < bits.length; i++) {
    const magnitude = bits[i] & 0x7fffffff;
    if (magnitude > largest) largest = magnitude;
  }
  const { shift, start, size } = layout(largest >>> MANTISSA_BITS, topBits);
  // Positive values by magnitude in the upper half, negative ones mirrored below.
  const counts = new Float64Array(2 * size);
  const sums = new Float64Array(2 * size);
  const squares = new Float64Array(2 * size);
  for (let i = 0; i < bits.length; i++) {
    const magnitude = bits[i] & 0x7fffffff;
    const octave = magnitude >>> MANTISSA_BITS;
    const bin = start[octave] + ((magnitude & 0x7fffff) >>> shift[octave]);
    const at = bits[i] === magnitude ? size + bin : size - 1 - bin;
    const value = values[i];
    counts[at]++;
    sums[at] += value;
    squares[at] += value * value;
  }
  return compact(values, counts, sums, squares);
}

/** For each octave: the bits of the mantissa that do not matter, and its first bin. */
function layout(topOctave: number, topBits: number): { shift: Uint8Array; start: Uint32Array; size: number } {
  const shift = new Uint8Array(OCTAVES + 1);
  const start = new Uint32Array(OCTAVES + 1);
  let size = 0;
  for (let octave = 0; octave <= topOctave; octave++) {
    const kept = Math.max(LOWEST_BITS, topBits - (topOctave - octave));
    shift[octave] = MANTISSA_BITS - kept;
    start[octave] = size;
    size += 2 ** kept;
  }
  return { shift, start, size };
}

function compact(values: Float32Array<ArrayBuffer>, counts: Float64Array, sums: Float64Array, squares: Float64Array): Histogram {
  const used = counts.reduce((sum, count) => (count > 0 ? sum + 1 : sum), 0);
  const centres = new Float32Array(used);
  const kept = new Float64Array(used);
  let scatter = 0;
  let at = 0;
  for (let bin = 0; bin < counts.length; bin++) {
    const count = counts[bin];
    if (count === 0) continue;
    const centre = Math.fround(sums[bin] / count);
    centres[at] = centre;
    kept[at++] = count;
    // Rounding may leave a bin of equal values a hair below zero.
    scatter += Math.max(0, squares[bin] - centre * (2 * sums[bin] - count * centre));
  }
  return { centres, counts: kept, scatter, ...endsOf(values) };
}

function exactHistogram(values: Float32Array<ArrayBuffer>): Histogram {
  const centres = values.slice().sort();
  return { centres, counts: new Float64Array(centres.length).fill(1), scatter: 0, low: centres[0], high: centres[centres.length - 1] };
}
