import type { Levels, Quantizer } from "../../graph/quantizer.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** The part of the number line that a quantizer is fitted to. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** Parameters of one channel, fitted to a range. */
export interface Fit {
  readonly scale: number;
  /** null for schemes without a zero point. */
  readonly zeroPoint: number | null;
  /** Distance of the unrounded zero point from the next rounding boundary, 0..0.5: near 0 the last bit of the data decides. 0.5 without a zero point. */
  readonly roundingMargin: number;
  /** See Quantizer.parameters. */
  readonly parameters?: Readonly<Record<string, number>>;
}

/**
 * A quantizer as plain tables, so that CPU and GPU encode alike to the bit without any log2.
 *
 * Encoding x: count = number of i with x < thresholds[i] (thresholds never increase, so the counted ones come first);
 * code = ascending ? lastCode - count : count, where lastCode = thresholds.length. Decoding: decode[code].
 *
 * The tables serve the whole number line, negative inputs included: thresholds may be negative (uniform and GELU codes). Quantizers of probabilities
 * give everything below their smallest level the lowest code, negative numbers too. -0 is 0.
 */
export interface Codebook {
  /** thresholds[i] is the smallest f32 whose code is past step i; lastCode of them. Equal neighbours: the code between them is never used. */
  readonly thresholds: Float32Array<ArrayBuffer>;
  /** True when codes grow with x (uniform), false when code 0 is the largest value (log2 family). */
  readonly ascending: boolean;
  /** Value of each code, lastCode + 1 of them. */
  readonly decode: Float32Array<ArrayBuffer>;
  /**
   * The levels as integers: decode[code] = offset + scale * mantissa[code] * 2^-exponent[code] * (odd[code] ? sqrt(2) : 1) for every code but zeroCode,
   * one float32 rounding for the product and one for the sum. Absent where the level is code - zeroPoint (uniform), or where levels are no integers
   * (some as-published ones, which the integer executor refuses).
   */
  readonly shifts?: {
    readonly exponent: Int32Array<ArrayBuffer>;
    readonly odd: Uint8Array<ArrayBuffer>;
    /** All 1 where a shift alone decodes; null says so. May be negative. */
    readonly mantissa: Int32Array<ArrayBuffer> | null;
  };
  /**
   * Added to every level; absent: 0. A matrix product takes it out of its sum: sum_k w_k (scale * level_k + offset) = scale * sum_k w_k level_k +
   * offset * sum_k w_k, where the last term is a constant of the output column and goes into its bias.
   */
  readonly offset?: number;
  /** The code that means exactly 0 (before the offset) outside the shift rule; null when there is none. */
  readonly zeroCode: number | null;
}

/** Which values a scheme's own parameter may have, both ends included. */
export interface ParameterRange {
  readonly low: number;
  readonly high: number;
  readonly isInteger?: true;
  readonly isOptional?: true;
}

/**
 * A way to map numbers to codes and back. quantize and dequantize are the definition, one number at a time, in float32 steps as torch computes them;
 * fakeQuantize is the same composed over a tensor.
 */
export interface Scheme {
  readonly name: string;
  readonly label: string;
  /** Its own parameters at that many bits (see Quantizer.parameters) and the values that make sense; absent where there are none. */
  readonly parameters?: (bits: number) => Readonly<Record<string, ParameterRange>>;
  /** Fitted to each row of the last axis while it runs: only fakeQuantize exists, single numbers have no codes. */
  readonly perRow?: true;
  /** `levels` matters only where the published parameters are others than ours; default strict. */
  fit(range: Range, bits: number, levels?: Levels): Fit;
  /** For schemes with parameters to search over: every fit worth trying on this range, `fit`'s own first. */
  candidates?(range: Range, bits: number, levels?: Levels): readonly Fit[];
  /** Codes are integers, except as-published uniform ones whose zero point is fractional. */
  quantize(x: number, quantizer: Quantizer, channel?: number): number;
  dequantize(code: number, quantizer: Quantizer, channel?: number): number;
  /** `reused`: where the values may be written, of the same length; schemes that have no use for it ignore it. */
  fakeQuantize(x: Tensor, quantizer: Quantizer, reused?: Float32Array<ArrayBuffer>): Tensor;
  /** quantize over a tensor, as bytes, faster than number by number; null for quantizers whose codes are no bytes. */
  encode?(x: Tensor, quantizer: Quantizer): Uint8Array<ArrayBuffer> | null;
  /** For quantizers with one entry. */
  codebook?(quantizer: Quantizer): Codebook;
}
