/** A table that says where among ascending thresholds a search begins: what the attention kernels on codes are given (shaders/lib/attention-codes-layer.wgsl). */
export interface LevelSearch {
  /** By bucket of a probability p: how many thresholds every p of the bucket has reached. */
  readonly starts: Uint32Array<ArrayBuffer>;
  /** Bucket of p: max(0, (bits of p as f32 >> shift) - first). */
  readonly shift: number;
  readonly first: number;
  /** Halvings that find the rest: no bucket holds more than 2^steps - 1 further thresholds. */
  readonly steps: number;
  /** The thresholds, and values that nothing reaches for as far as a search looks. */
  readonly thresholds: Float32Array<ArrayBuffer>;
}

/** A kernel knows p = e / sum to within a few units in the last place; the decision itself compares e with threshold * sum. */
const MARGIN = 2 ** -18;
/** Where subnormal numbers, which adapters may flush, are far: everything below is bucket 0. */
const SMALLEST = 2 ** -100;
const UNREACHED = 3e38;
const MOST_BUCKETS = 1024;
/** Buckets of a whole octave, down to those of its 4096th part. */
const SHIFTS = [23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11] as const;

const words = new Uint32Array(1);
const floats = new Float32Array(words.buffer);
const bitsOf = (value: number): number => ((floats[0] = value), words[0]);
const ofBits = (bits: number): number => ((words[0] = bits), floats[0]);

/** The fewest halvings, in the smallest table. `thresholds`: ascending, from 0 on; probabilities go up to 1. */
export function levelSearch(thresholds: readonly number[]): LevelSearch {
  const tables = SHIFTS.map((shift) => tableOf(thresholds, shift)).filter(({ starts }) => starts.length <= MOST_BUCKETS);
  return tables.reduce((best, table) => (table.steps < best.steps ? table : best));
}

function tableOf(thresholds: readonly number[], shift: number): LevelSearch {
  const positive = Math.max(SMALLEST, thresholds.find((threshold) => threshold > 0) ?? 1);
  const first = Math.max(0, (bitsOf(positive * (1 - 2 * MARGIN)) >>> shift) - 1);
  const count = (bitsOf(1 + 2 * MARGIN) >>> shift) - first + 1;
  const starts = new Uint32Array(count);
  let most = 1;
  for (let bucket = 0; bucket < count; bucket++) {
    const from = bucket === 0 ? 0 : ofBits(((first + bucket) << shift) >>> 0) * (1 - MARGIN);
    const to = bucket === count - 1 ? Infinity : ofBits(((first + bucket + 1) << shift) >>> 0) * (1 + MARGIN);
    starts[bucket] = countUpTo(thresholds, from);
    most = Math.max(most, countUpTo(thresholds, to) - starts[bucket]);
  }
  const steps = Math.ceil(Math.log2(most + 1));
  const padded = new Float32Array(Math.max(4, thresholds.length + 2 ** steps)).fill(UNREACHED);
  padded.set(thresholds);
  return { starts, shift, first, steps, thresholds: padded };
}

/** How many are at most `limit`. */
function countUpTo(thresholds: readonly number[], limit: number): number {
  const above = thresholds.findIndex((threshold) => threshold > limit);
  return above < 0 ? thresholds.length : above;
}
