/** Codebooks of probabilities as the integers that A.V sums. */
import type { Quantizer } from "../graph/quantizer.ts";
import type { Codebook } from "../quant/schemes/scheme.ts";
import { roundTiesToEven } from "../tensor/rounding.ts";
import { schemeOf } from "../quant/schemes/index.ts";
import { FLOAT_LIMIT, INTEGER_LIMIT } from "./check-sums.ts";

/** What each code contributes to A.V in integers. */
export interface IntegerLevels {
  /** For 32-bit sums: shift | odd << 8 | used << 9, or the level itself. */
  readonly words: Uint32Array<ArrayBuffer>;
  /** For f32 sums: (even, odd) per code. */
  readonly pairs: Float32Array<ArrayBuffer>;
  /** True when A.V runs by shift-add; otherwise levels are integers that multiply. */
  readonly shifts: boolean;
  /** Some level has a factor sqrt(2). */
  readonly hasOdd: boolean;
  /** Bound on the sum of the absolute levels of a row. */
  readonly rowSum: number;
  /** What one unit of a level is worth. */
  readonly scale: number;
  /** What every level is larger by, in these units. */
  readonly offset: number;
}

const USED = 1 << 9;
/** Rows sum to their total within the rounding of a softmax; this is far more. */
const SLACK = 1.001;
/** A shift takes five bits of a 32-bit word whose top bit is the sign. */
const LARGEST_SHIFT = 30;

/** Bounds of the values: of their codes, and of |code - zero point|. */
export interface ValueBounds {
  readonly largest: number;
  readonly farthest: number;
}

/** Over rows of `tokens` probabilities that sum to `total`, or less. */
export function integerLevels(quantizer: Quantizer, tokens: number, values: ValueBounds, total = 1): IntegerLevels {
  const { codebook, name } = schemeOf(quantizer);
  if (!codebook) throw new Error(`internal: ${name} has no codebook`);
  return levelsOf(codebook(quantizer), quantizer, tokens, values, total);
}

/** DeMax: every code is its own level, in units of the row's step; the code of the maximum is 0. */
export function demaxLevels(codeMax: number, tokens: number): IntegerLevels {
  const levels = Float64Array.from({ length: codeMax + 1 }, (_, code) => code);
  return { ...tables(levels, null), rowSum: tokens * codeMax, scale: 1, offset: 0 };
}

export function levelsOf(book: Codebook, quantizer: Quantizer, tokens: number, values: ValueBounds, total = 1): IntegerLevels {
  if (book.shifts?.mantissa && book.shifts.odd.includes(1))
    throw new Error(`internal: ${quantizer.scheme} multiplies mantissas by sqrt(2)`);
  if (!book.shifts) return plainLevels(book, quantizer, tokens, total);
  const levels = shiftedLevels(book, quantizer, tokens, values.farthest, total);
  if (!levels.hasOdd && levels.rowSum * values.largest < FLOAT_LIMIT) return levels;
  return roundedLevels(book, quantizer, tokens, values, total) ?? levels;
}

/** Uniform codes: the level is code - zero. */
function plainLevels(book: Codebook, { scale, zeroPoint }: Quantizer, tokens: number, total: number): IntegerLevels {
  const levels = Float64Array.from(book.decode, (_, code) => code - (zeroPoint[0] ?? 0));
  return { ...tables(levels, null), rowSum: rowSum(levels, book, tokens, total), scale: scale[0], offset: 0 };
}

/**
 * Levels mantissa * 2^-exponent, in units of 2^-top. `top` is the largest exponent, or what 32-bit sums leave room for: with the bound R on a row's sum of
 * levels (in units of the scale) it is at least floor(log2((2^31 - 1) / (R * farthest))), 22 for log2 codes and 8-bit values, whatever the number of tokens.
 * Shifts past it decode to 0 (worth less than 2^-top of the scale), mantissas are rounded to a unit (half of one at most).
 */
function shiftedLevels(book: Codebook, { scale }: Quantizer, tokens: number, farthest: number, total: number): IntegerLevels {
  const { shifts, zeroCode } = book;
  if (!shifts) throw new Error("internal: a codebook without shifts");
  const { exponent, odd, mantissa } = shifts;
  const real = Float64Array.from(exponent, (e, code) => (code === zeroCode ? 0 : (mantissa?.[code] ?? 1) * 2 ** -e));
  // Each of a row's levels is off by half a unit where mantissas are rounded.
  const rounding = mantissa ? tokens / 2 : 0;
  const inScales = rowSum(real, book, tokens, total);
  const room = Math.floor(Math.log2(((INTEGER_LIMIT - 1) / Math.max(1, farthest) - rounding) / inScales));
  const top = Math.max(0, Math.min(room, LARGEST_SHIFT, Math.max(...exponent)));
  const levels = real.map((level, code) => {
    const scaled = level * 2 ** top;
    return mantissa ? roundTiesToEven(scaled) : exponent[code] > top ? 0 : scaled;
  });
  const unit = scale[0] * 2 ** -top;
  const bound = Math.min(rowSum(levels, book, tokens, total), inScales * 2 ** top + rounding);
  return { ...tables(levels, mantissa ? null : odd), rowSum: bound, scale: unit, offset: (book.offset ?? 0) / unit };
}

/**
 * Levels rounded to a unit whose sums f32 holds exactly: one turn of f32 multiply-adds instead of one in 32-bit integers, which many adapters run at half
 * the rate, or of two where levels have a factor sqrt(2). Only where that is finer than the values are: null if a row's roundings, all in one direction, could move a sum by a step of the values or more.
 */
function roundedLevels(book: Codebook, { scale }: Quantizer, tokens: number, values: ValueBounds, total: number): IntegerLevels | null {
  const { shifts, zeroCode } = book;
  if (!shifts) throw new Error("internal: a codebook without shifts");
  const { exponent, odd, mantissa } = shifts;
  const real = Float64Array.from(exponent, (e, code) =>
    code === zeroCode ? 0 : (mantissa?.[code] ?? 1) * (odd[code] ? Math.SQRT2 : 1) * 2 ** -e,
  );
  const inScales = rowSum(real, book, tokens, total);
  const units = Math.floor(((FLOAT_LIMIT - 1) / values.largest - tokens / 2) / inScales);
  if ((tokens / 2) * values.largest >= (total * units) / scale[0]) return null;
  const levels = real.map((level) => roundTiesToEven(level * units));
  const unit = scale[0] / units;
  return { ...tables(levels, null), rowSum: inScales * units + tokens / 2, scale: unit, offset: (book.offset ?? 0) / unit };
}

/** `odd`: null where levels multiply, else which of the powers of two have a factor sqrt(2). */
function tables(levels: Float64Array, odd: Uint8Array | null): Pick<IntegerLevels, "words" | "pairs" | "shifts" | "hasOdd"> {
  const words = new Uint32Array(256);
  const pairs = new Float32Array(512);
  levels.forEach((level, code) => {
    pairs[2 * code + (odd?.[code] ?? 0)] = level;
    words[code] = odd ? (level === 0 ? 0 : (31 - Math.clz32(level)) | (odd[code] << 8) | USED) : level;
  });
  return { words, pairs, shifts: odd !== null, hasOdd: odd?.includes(1) ?? false };
}

/**
 * The largest possible sum of |level| over a row of probabilities that sum to `total`. With A the largest |level| among codes that p = 0 can have, and B the
 * largest (|level| - A) / p over the smallest p of the other codes, |level(p)| <= A + B p: at most tokens * A + B total, and at most tokens * the largest.
 */
function rowSum(levels: Float64Array, { thresholds, ascending }: Codebook, tokens: number, total: number): number {
  const last = thresholds.length;
  const sizes = levels.map(Math.abs);
  const byReached = Array.from({ length: last + 1 }, (_, reached) => sizes[ascending ? reached : last - reached]);
  const lowest = (reached: number) => (reached === 0 ? 0 : Math.max(0, thresholds[last - reached]));
  const atZero = Math.max(0, ...byReached.filter((_, reached) => lowest(reached) === 0));
  const slope = byReached.reduce(
    (most, size, reached) => (lowest(reached) > 0 ? Math.max(most, (size - atZero) / lowest(reached)) : most),
    0,
  );
  return Math.min(tokens * sizes.reduce((a, b) => Math.max(a, b), 0), tokens * atZero + slope * total * SLACK);
}
