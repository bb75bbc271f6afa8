/**
 * The levels of a codebook as integers for the sums of a Gemm. Levels mantissa * 2^-exponent are brought to a common unit 2^-shift of the scale, exactly
 * where sums leave room for it; otherwise, and for levels without an integer form (factors sqrt(2)), they are rounded to a grid of 2^-shift (of the scale,
 * or of 1), the finest one whose sums stay exact. The offset of all levels is no part of them: it goes into the bias.
 */
import type { Quantizer } from "../graph/quantizer.ts";
import { schemeOf } from "../quant/schemes/index.ts";
import type { Codebook } from "../quant/schemes/scheme.ts";
import { roundTiesToEven } from "../tensor/rounding.ts";
import { FLOAT_LIMIT, INTEGER_LIMIT } from "./check-sums.ts";

export interface InputLevels {
  /** Integer of each code, 256 of them. */
  readonly levels: Float32Array<ArrayBuffer>;
  /** Value of one unit, and what is added to every level. */
  readonly unit: number;
  readonly offset: number;
  /** Largest absolute level. */
  readonly largest: number;
}

/** depth: stored K; weightMax: largest weight code; farthest: largest |weight code - zero point|. */
export function inputLevels(quantizer: Quantizer, depth: number, weightMax: number, farthest: number): InputLevels {
  const scheme = schemeOf(quantizer);
  const book = scheme.codebook?.(quantizer);
  if (!book) throw new Error(`internal: ${scheme.name} has no codebook`);
  const { values, unit, offset, wanted } = realLevels(book, quantizer);
  // A quad's products and a row's sum of levels are exact in f32, the corrected sum fits 32 bits.
  const room = Math.min((FLOAT_LIMIT - 1) / (4 * weightMax), (FLOAT_LIMIT - 1) / depth, (INTEGER_LIMIT - 1) / (depth * farthest));
  const top = values.reduce((most, value) => Math.max(most, Math.abs(value)), 2 ** -126);
  const shift = Math.min(wanted, Math.floor(Math.log2(room / top)));
  const levels = new Float32Array(256);
  values.forEach((value, code) => (levels[code] = roundTiesToEven(value * 2 ** shift)));
  const largest = levels.reduce((most, level) => Math.max(most, Math.abs(level)), 1);
  return { levels, unit: unit * 2 ** -shift, offset, largest };
}

/** Levels in units of `unit`, and the shift that makes integers of them (infinite where none does). */
function realLevels({ shifts, decode, zeroCode, offset = 0 }: Codebook, { scale }: Quantizer) {
  if (!shifts || shifts.odd.includes(1)) return { values: Array.from(decode), unit: 1, offset: 0, wanted: Infinity };
  const { exponent, mantissa } = shifts;
  const values = Array.from(exponent, (e, code) => (code === zeroCode ? 0 : (mantissa?.[code] ?? 1) * 2 ** -e));
  return { values, unit: scale[0], offset, wanted: exponent.reduce((most, e) => Math.max(most, e), 0) };
}
