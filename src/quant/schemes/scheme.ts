import type { Quantizer } from "../../graph/quantizer.ts";
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
 * A quantizer of non-negative numbers as plain tables, so that CPU and GPU encode alike to the bit without any log2.
 *
 * Encoding p >= 0: count = number of i with p < thresholds[i] (thresholds never increase, so the counted ones come first);
 * code = ascending ? lastCode - count : count, where lastCode = thresholds.length. Decoding: decode[code].
 */
export interface Codebook {
  /** thresholds[i] is the smallest f32 whose code is past step i; lastCode of them. */
  readonly thresholds: Float32Array<ArrayBuffer>;
  /** True when codes grow with p (uniform), false when code 0 is the largest value (log2 family). */
  readonly ascending: boolean;
  /** Value of each code, lastCode + 1 of them. */
  readonly decode: Float32Array<ArrayBuffer>;
  /** Present when the levels are integers: decode[code] = scale * mantissa[code] * 2^-exponent[code] * (odd[code] ? sqrt(2) : 1) for every code but zeroCode. */
  readonly shifts?: {
    readonly exponent: Int32Array<ArrayBuffer>;
    readonly odd: Uint8Array<ArrayBuffer>;
    /** All 1 where a shift alone decodes; null says so. */
    readonly mantissa: Int32Array<ArrayBuffer> | null;
  };
  /** The code that means exactly 0 outside the shift rule; null when there is none. */
  readonly zeroCode: number | null;
}

/**
 * A way to map numbers to codes and back. quantize and dequantize are the definition, one number at a time, in float32 steps as torch computes them;
 * fakeQuantize is the same composed over a tensor.
 */
export interface Scheme {
  readonly name: string;
  readonly label: string;
  fit(range: Range, bits: number): Fit;
  /** For schemes with parameters to search over: every fit worth trying on this range, `fit`'s own first. */
  candidates?(range: Range, bits: number): readonly Fit[];
  /** Codes are integers, except as-published uniform ones whose zero point is fractional. */
  quantize(x: number, quantizer: Quantizer, channel?: number): number;
  dequantize(code: number, quantizer: Quantizer, channel?: number): number;
  fakeQuantize(x: Tensor, quantizer: Quantizer): Tensor;
  /** For non-negative inputs quantized per tensor. */
  codebook?(quantizer: Quantizer): Codebook;
}
