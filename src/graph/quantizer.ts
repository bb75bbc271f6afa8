import type { Tensor } from "../tensor/tensor.ts";

/** Which published detail to follow: strict b-bit codes (2^b values), or what the official program simulates (often 2^b + 1). */
export type Levels = "strict" | "as-published";

/**
 * The parameters of one quantizer: data only, as found by calibration and as written into a package.
 * `scheme` names an entry of quant/schemes; uniform: q = clamp(rint(x / scale) + zeroPoint, 0, 2^bits - 1).
 */
export interface Quantizer {
  readonly scheme: string;
  readonly bits: number;
  readonly levels: Levels;
  /** One entry for per-tensor, one per channel, head, group or token otherwise. */
  readonly scale: Float32Array<ArrayBuffer>;
  /** Same length as `scale`; integers when strict, never clamped into the code range; empty for schemes without one. */
  readonly zeroPoint: Float32Array<ArrayBuffer>;
  /**
   * null: per tensor. Weights [N,K]: 0, one entry per row, or several per row for groups along K: entry e covers the e-th run of equal length.
   * Activations [...,N,D]: -1, entry e covers the e-th run of D / entries columns (all of them channels, or heads); -2, one entry per token.
   */
  readonly axis: 0 | -1 | -2 | null;
  /** What a scheme has beside scale and zero point, by its own names: the base of AdaLog, the split of a twin quantizer. */
  readonly parameters?: Readonly<Record<string, number>>;
}

/** The inputs of a node that can be quantized. Official names: input_quantizer, weight_quantizer, matmul1.quantizer_A/B, matmul2.quantizer_A/B. */
export type Site = "input" | "weight" | "query" | "key" | "probabilities" | "value";
export type Quantizers = Readonly<Partial<Record<Site, Quantizer>>>;

export type Weights = Readonly<Record<string, Tensor>>;
