/**
 * Levels by Lloyd's iteration (Lloyd 1982, Max 1960): thresholds half-way between levels, levels at the mean of what falls to them. Started from geometric levels over 6, 8, 10 and 12 octaves from equal steps and from equal
 * counts; the one that ends with the least squared error wins.
 */
import { clamp } from "../../tensor/rounding.ts";
import type { Histogram } from "./histogram.ts";

const ITERATIONS = 100;
const OCTAVES = [6, 8, 10, 12];
const CELLS = 256;

/** What levels are placed on. */
export type Density = Pick<Histogram, "centres" | "counts" | "low" | "high">;

/**
 * `count` levels, ascending, and which start they came from. "zero first": for non-negative values, the lowest level is and stays 0; "free": all move, started
 * from equal counts and from several densities between equal steps and equal counts on a scale that is logarithmic for large values.
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
  const equalCounts = places.map((place) => centreAt(centres, sums.count, place));
  const scale = companding(meanMagnitude(centres, counts));
  const [from, to] = [scale.forward(low), scale.forward(high)];
  const cellOf = (x: number) => clamp(Math.floor(((scale.forward(x) - from) / (to - from || 1)) * CELLS), 0, CELLS - 1);
  const middles = Float32Array.from({ length: CELLS }, (_, cell) => scale.back(from + ((to - from) * (cell + 0.5)) / CELLS));
  const cells = new Float64Array(CELLS);
  centres.forEach((centre, i) => (cells[cellOf(centre)] += counts[i]));
  // Shares of the count's fourth roots: 0 is equal steps of the companded scale, 1/4 to 3/4 lean towards where the values are.
  const powers = [() => 1, (x: number) => Math.sqrt(Math.sqrt(x)), Math.sqrt, (x: number) => Math.sqrt(x * Math.sqrt(x))];
  return [
    equalCounts,
    ...powers.map((power) => {
      const roots = prefixSums(middles, cells.map(power));
      return places.map((place) => centreAt(middles, roots.count, place));
    }),
  ];
}

/**
 * Linear below `unit`, then equal steps for each octave, on both sides of 0: the exponent and mantissa of 1 + |x| / unit read as one number. Like asinh, but
 * without a function that differs between machines.
 */
function companding(unit: number): { forward(x: number): number; back(y: number): number } {
  const view = new DataView(new ArrayBuffer(4));
  const one = 0x3f800000;
  return {
    forward(x) {
      view.setFloat32(0, 1 + Math.abs(x) / unit);
      return Math.sign(x) * (view.getUint32(0) - one);
    },
    back(y) {
      view.setUint32(0, one + Math.floor(Math.abs(y)));
      return Math.sign(y) * (view.getFloat32(0) - 1) * unit;
    },
  };
}

function meanMagnitude(centres: Float32Array, counts: Float64Array): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < centres.length; i++) {
    sum += counts[i] * Math.abs(centres[i]);
    total += counts[i];
  }
  return Math.max(sum / total, 2 ** -100);
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
