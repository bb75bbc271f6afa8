/**
 * Levels by Lloyd's iteration (Lloyd 1982, Max 1960): thresholds half-way between levels, levels at the mean of what falls to them. Started from geometric levels over 6, 8, 10 and 12 octaves from equal steps and from equal
 * counts; the one that ends with the least squared error wins.
 */
import { lloydFit } from "../schemes/lloyd.ts";
import { histogramOf, type Histogram } from "./histogram.ts";
import type { Observer } from "./observer.ts";

const ITERATIONS = 60;
const OCTAVES = [6, 8, 10, 12];
const CELLS = 4096;

export const lloydMax: Observer = {
  name: "Lloyd-Max",
  observe(values, { bits }) {
    const { levels, start } = placeLevels(histogramOf(values, bits), 2 ** bits, "zero first");
    return { ...lloydFit(levels), candidate: start, gap: Number.POSITIVE_INFINITY };
  },
};

/** What levels are placed on. */
export type Density = Pick<Histogram, "centres" | "counts" | "low" | "high">;

/**
 * `count` levels, ascending, and which start they came from. "zero first": for non-negative values, the lowest level is and stays 0; "free": all move, started
 * from equal steps, from equal counts, and from a density between them (the
 * square root of the values', exact on every machine; the optimum for many levels is the cube root, Panter and Dite 1951).
 */
export function placeLevels(density: Density, count: number, lowest: "zero first" | "free"): { levels: number[]; start: number } {
  const { centres } = density;
  const sums = prefixSums(centres, density.counts);
  const starts = lowest === "free" ? freeStarts(density, sums, count) : startsFromZero(density, sums, count);
  let best = { levels: starts[0], start: 0, error: Number.POSITIVE_INFINITY };
  starts.forEach((levels, start) => {
    let error = 0;
    for (let iteration = 0; iteration < ITERATIONS; iteration++) error = iterate(levels, centres, sums, lowest === "free" ? 0 : 1);
    if (error < best.error) best = { levels, start, error };
  });
  return best;
}

function startsFromZero({ centres, high }: Density, sums: PrefixSums, count: number): number[][] {
  const top = Math.max(high, 2 ** -100);
  const above = (level: (i: number) => number) => [0, ...Array.from({ length: count - 1 }, (_, i) => level(i))];
  return [
    ...OCTAVES.map((octaves) => above((i) => top * 2 ** (-octaves * (1 - i / Math.max(1, count - 2))))),
    above((i) => (top * (i + 1)) / (count - 1)),
    above((i) => Math.max(centreAt(centres, sums.count, (i + 1.5) / count), 2 ** -100)),
  ];
}

function freeStarts({ centres, counts, low, high }: Density, sums: PrefixSums, count: number): number[][] {
  const places = Array.from({ length: count }, (_, i) => (i + 0.5) / count);
  const equalSteps = places.map((place) => low + (high - low) * place);
  const equalCounts = places.map((place) => centreAt(centres, sums.count, place));
  const cells = new Float64Array(CELLS);
  const cellOf = (x: number) => Math.min(CELLS - 1, Math.max(0, Math.floor(((x - low) / (high - low || 1)) * CELLS)));
  centres.forEach((centre, i) => (cells[cellOf(centre)] += counts[i]));
  const roots = prefixSums(
    Float32Array.from(cells, (_, cell) => low + ((high - low) * (cell + 0.5)) / CELLS),
    cells.map((value) => Math.sqrt(value)),
  );
  const middles = Float32Array.from(cells, (_, cell) => low + ((high - low) * (cell + 0.5)) / CELLS);
  const between = places.map((place) => centreAt(middles, roots.count, place));
  return [equalSteps, equalCounts, between];
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
  return centres[bin];
}

/** One step, in place; the error is that of the levels after it. */
function iterate(levels: number[], centres: Float32Array, { count, sum, square }: PrefixSums, firstFree: number): number {
  let error = 0;
  let from = 0;
  for (let code = 0; code < levels.length; code++) {
    const to = code + 1 < levels.length ? firstAbove(centres, (levels[code] + levels[code + 1]) / 2, from) : centres.length;
    const n = count[to] - count[from];
    const s = sum[to] - sum[from];
    if (n > 0 && code >= firstFree) levels[code] = s / n;
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
