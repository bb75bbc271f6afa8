/** Where the levels of a quantizer lie among real values: everything that the level picture draws and its table says, as numbers. */
import type { Histogram } from "../../quant/observers/histogram.ts";
import { encodeByThresholds } from "../../quant/schemes/codebook.ts";
import type { Codebook } from "../../quant/schemes/scheme.ts";

export interface LevelPictureData {
  readonly histogram: Pick<Histogram, "centres" | "counts">;
  readonly codebook: Codebook;
  /** log draws positive numbers by octaves; what is smaller than every octave shown has a column of its own at the left. */
  readonly axis: "linear" | "log";
}

/** x in 0..1 of the axis; null: in the column at the left. */
export interface LevelMark {
  readonly code: number;
  readonly value: number;
  readonly x: number | null;
  /** Part of all values that take this level. */
  readonly share: number;
}

export interface LevelBar {
  readonly from: number;
  readonly to: number;
  /** Part of all values. */
  readonly share: number;
}

export interface LevelLayout {
  /** By value, ascending. */
  readonly levels: readonly LevelMark[];
  /** Not empty, from left to right. */
  readonly bars: readonly LevelBar[];
  /** Part of the values that the column at the left holds; null on a linear axis, which has none. */
  readonly below: number | null;
  readonly ticks: readonly { readonly x: number; readonly label: string }[];
}

/** Octaves shown below the smallest positive level. */
const OCTAVES_BELOW = 2;

export function levelLayout({ histogram, codebook, axis }: LevelPictureData, columns: number): LevelLayout {
  const { centres, counts } = histogram;
  const total = counts.reduce((sum, count) => sum + count, 0);
  const [low, high] = axis === "log" ? octaves(codebook.decode, centres) : ends(codebook.decode, centres);
  const place = (value: number): number | null => {
    if (axis === "linear") return (value - low) / (high - low);
    return value < 2 ** low ? null : (Math.log2(value) - low) / (high - low);
  };
  const shares = new Float64Array(codebook.decode.length);
  const columnShares = new Float64Array(columns);
  let below = 0;
  centres.forEach((centre, i) => {
    const share = counts[i] / total;
    shares[encodeByThresholds(centre, codebook)] += share;
    const x = place(centre);
    if (x === null) below += share;
    else columnShares[Math.min(columns - 1, Math.floor(x * columns))] += share;
  });
  const levels = Array.from(codebook.decode, (value, code) => ({ code, value, x: place(value), share: shares[code] }));
  return {
    levels: levels.sort((a, b) => a.value - b.value || a.code - b.code),
    bars: [...columnShares].flatMap((share, i) => (share > 0 ? [{ from: i / columns, to: (i + 1) / columns, share }] : [])),
    below: axis === "log" ? below : null,
    ticks: axis === "log" ? octaveTicks(low, high) : linearTicks(low, high),
  };
}

function ends(decode: Float32Array, centres: Float32Array): [low: number, high: number] {
  const low = Math.min(
    decode.reduce((a, b) => Math.min(a, b)),
    centres[0],
  );
  const high = Math.max(
    decode.reduce((a, b) => Math.max(a, b)),
    centres[centres.length - 1],
  );
  return high > low ? [low, high] : [low - 0.5, high + 0.5];
}

/** Whole octaves from below the smallest positive level to above everything. */
function octaves(decode: Float32Array, centres: Float32Array): [low: number, high: number] {
  const positive = decode.filter((value) => value > 0);
  const smallest = positive.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const largest = Math.max(
    positive.reduce((a, b) => Math.max(a, b), 0),
    centres[centres.length - 1],
  );
  if (!(largest > 0)) return [-1, 0];
  const low = Math.floor(Math.log2(Math.min(smallest, largest))) - OCTAVES_BELOW;
  return [low, Math.max(low + 1, Math.ceil(Math.log2(largest)))];
}

function octaveTicks(low: number, high: number): { x: number; label: string }[] {
  const every = Math.max(1, Math.ceil((high - low) / 8));
  const ticks = [];
  for (let octave = high; octave >= low; octave -= every)
    ticks.push({ x: (octave - low) / (high - low), label: octave === 0 ? "1" : powerOfTwo(octave) });
  return ticks.reverse();
}

/** About six round numbers. */
function linearTicks(low: number, high: number): { x: number; label: string }[] {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * (rough / power >= 5 ? 5 : rough / power >= 2 ? 2 : 1);
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  const ticks = [];
  for (let n = Math.ceil(low / step); n * step <= high; n++)
    ticks.push({ x: (n * step - low) / (high - low), label: (n * step).toFixed(digits) });
  return ticks;
}

/** "2⁻⁴" */
function powerOfTwo(exponent: number): string {
  return `2${String(exponent).replace(/[-0-9]/g, (sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹".charAt(Number(sign))))}`;
}
