import type { Quantizer } from "../graph/quantizer.ts";
import { roundTiesToEven } from "../tensor/rounding.ts";
import { schemeOf } from "../quant/schemes/index.ts";

/** A scheme's codebook in the form that the kernels take. */
export interface KernelCodebook {
  /** Ascending decision points; how many of them p has reached decides its code. */
  readonly thresholds: Float32Array<ArrayBuffer>;
  /** Code = thresholds.length - reached (log2 family: code 0 is the largest level) or = reached. */
  readonly reversed: boolean;
  /** Value of each code. */
  readonly levels: Float32Array<ArrayBuffer>;
  /** Value by number of thresholds reached. */
  readonly ascendingLevels: Float32Array<ArrayBuffer>;
  /** True when A.V runs by shift-add; otherwise levels are integers that multiply. */
  readonly shifts: boolean;
  /**
   * The levels as integers for A.V and the scale of their unit; `reach` bounds sum_j |v_j - zero|, so that 32-bit sums hold.
   * Shift codes whose shift would pass that bound decode to 0: they are worth less than 2^-(top shift) of the scale.
   */
  integerLevels(reach: number): IntegerLevels;
}

/** What each code contributes to A.V in integers. */
export interface IntegerLevels {
  /** For 32-bit sums: shift | odd << 8 | used << 9, or the level itself. */
  readonly words: Uint32Array<ArrayBuffer>;
  /** For f32 sums: (even, odd) per code. */
  readonly pairs: Float32Array<ArrayBuffer>;
  /** Some level has a factor sqrt(2). */
  readonly hasOdd: boolean;
  /** Largest absolute level. */
  readonly largest: number;
  readonly scale: number;
}

const USED = 1 << 9;

export function codebookOf(quantizer: Quantizer): KernelCodebook {
  const scheme = schemeOf(quantizer);
  const book = scheme.codebook?.(quantizer);
  if (!book) throw new Error(`internal: ${scheme.name} has no codebook`);
  const last = book.thresholds.length;
  const { shifts, decode, zeroCode } = book;
  return {
    thresholds: book.thresholds.slice().reverse(),
    reversed: !book.ascending,
    levels: decode,
    ascendingLevels: book.ascending ? decode : decode.slice().reverse(),
    shifts: shifts?.mantissa === null,
    integerLevels(reach) {
      const words = new Uint32Array(256);
      const pairs = new Float32Array(512);
      if (!shifts) {
        for (let code = 0; code <= last; code++) {
          words[code] = code - quantizer.zeroPoint[0];
          pairs[2 * code] = code - quantizer.zeroPoint[0];
        }
        return { words, pairs, hasOdd: false, largest: largestOf(pairs), scale: quantizer.scale[0] };
      }
      // Rows of probabilities sum to 1, but their codes may round up: the bound takes every term at the top shift.
      const { exponent, odd, mantissa } = shifts;
      const room = Math.floor(Math.log2((2 ** 31 - 1) / (reach * (mantissa ? Math.max(...mantissa) : 1))));
      const top = Math.max(0, Math.min(room, Math.max(...exponent)));
      for (let code = 0; code <= last; code++) {
        const shift = top - exponent[code];
        if (code === zeroCode || (mantissa === null && shift < 0)) continue;
        const level = mantissa === null ? 2 ** shift : roundTiesToEven(mantissa[code] * 2 ** shift);
        words[code] = mantissa === null ? shift | (odd[code] << 8) | USED : level;
        pairs[2 * code + odd[code]] = level;
      }
      return { words, pairs, hasOdd: shifts.odd.includes(1), largest: largestOf(pairs), scale: quantizer.scale[0] * 2 ** -top };
    },
  };
}

function largestOf(values: Float32Array): number {
  return values.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
}
