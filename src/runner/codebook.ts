import type { Quantizer } from "../graph/quantizer.ts";
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
}

export function codebookOf(quantizer: Quantizer): KernelCodebook {
  const scheme = schemeOf(quantizer);
  const book = scheme.codebook?.(quantizer);
  if (!book) throw new Error(`internal: ${scheme.name} has no codebook`);
  return {
    thresholds: book.thresholds.slice().reverse(),
    reversed: !book.ascending,
    levels: book.decode,
    ascendingLevels: book.ascending ? book.decode : book.decode.slice().reverse(),
  };
}
