/**
 * Levels by Lloyd's iteration (Lloyd 1982, Max 1960): thresholds half-way between levels, levels at the mean of what falls to them, until nothing moves. Code 0
 * stays 0. Started from geometric levels over 6, 8, 10 and 12 octaves from equal steps and from equal
 * counts; the one that ends with the least squared error wins.
 */
import { lloydFit } from "../schemes/lloyd.ts";
import { histogramOf, type Histogram } from "./histogram.ts";
import type { Observer } from "./observer.ts";

const ITERATIONS = 60;
const OCTAVES = [6, 8, 10, 12];

export const lloydMax: Observer = {
  name: "Lloyd-Max",
  observe(values, { bits }) {
    const { levels, start } = placeLevels(histogramOf(values, bits), 2 ** bits);
    return { ...lloydFit(levels, bits), candidate: start, gap: Number.POSITIVE_INFINITY };
  },
};

/** The `count` - 1 levels above 0, ascending, and which start they came from. Only counts, centres and the highest value are read. */
export function placeLevels(histogram: Pick<Histogram, "centres" | "counts" | "high">, count: number): { levels: number[]; start: number } {
  const { centres, counts, high } = histogram;
  const sums = prefixSums(centres, counts);
  const top = Math.max(high, 2 ** -100);
  const starts = [
    ...OCTAVES.map((octaves) => Array.from({ length: count - 1 }, (_, i) => top * 2 ** (-octaves * (1 - i / Math.max(1, count - 2))))),
    Array.from({ length: count - 1 }, (_, i) => (top * (i + 1)) / (count - 1)),
    Array.from({ length: count - 1 }, (_, i) => centreAt(centres, sums.count, (i + 1.5) / count)),
  ];
  let best = { levels: starts[0], start: 0, error: Number.POSITIVE_INFINITY };
  starts.forEach((initial, start) => {
    const levels = [0, ...initial];
    let error = 0;
    for (let iteration = 0; iteration < ITERATIONS; iteration++) error = iterate(levels, centres, sums);
    if (error < best.error) best = { levels: levels.slice(1), start, error };
  });
  return best;
}

interface PrefixSums {
  /** Before each bin: how many values, their sum, the sum of their squares. */
  readonly count: Float64Array;
  readonly sum: Float64Array;
  readonly square: Float64Array;
}

function prefixSums(centres: Float32Array, counts: Float64Array): PrefixSums {
  const count = new Float64Array(centres.length + 1);
  const sum = new Float64Array(centres.length + 1);
  const square = new Float64Array(centres.length + 1);
  for (let i = 0; i < centres.length; i++) {
    count[i + 1] = count[i] + counts[i];
    sum[i + 1] = sum[i] + counts[i] * centres[i];
    square[i + 1] = square[i] + counts[i] * centres[i] * centres[i];
  }
  return { count, sum, square };
}

/** The value below which this share of the values lies. */
function centreAt(centres: Float32Array, count: Float64Array, share: number): number {
  const wanted = share * count[centres.length];
  let bin = 0;
  while (bin < centres.length - 1 && count[bin + 1] < wanted) bin++;
  return Math.max(centres[bin], 2 ** -100);
}

/** One step, in place; the error is that of the levels after it. */
function iterate(levels: number[], centres: Float32Array, { count, sum, square }: PrefixSums): number {
  let error = 0;
  let from = 0;
  for (let code = 0; code < levels.length; code++) {
    const to = code + 1 < levels.length ? firstAbove(centres, (levels[code] + levels[code + 1]) / 2, from) : centres.length;
    const n = count[to] - count[from];
    const s = sum[to] - sum[from];
    if (n > 0 && code > 0) levels[code] = s / n;
    error += square[to] - square[from] - 2 * levels[code] * s + levels[code] * levels[code] * n;
    from = to;
  }
  return error;
}

function firstAbove(centres: Float32Array, threshold: number, from: number): number {
  let low = from;
  let high = centres.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (centres[middle] < threshold) low = middle + 1;
    else high = middle;
  }
  return low;
}
