/** Collects what the weight solvers read from a layer's calibration rows, batch by batch; no activation is kept. */
import { addRows, createCrossGram, createGram } from "../linear-algebra/gram.ts";
import type { InputSums } from "./solver.ts";

export interface InputSumsCollector {
  /** quantized: [R,K], x^; float: [R,K], x, which must come with every batch or with none. */
  add(quantized: Float32Array, float?: Float32Array): void;
  /** The sums so far; the arrays change with the next `add`. */
  total(): InputSums;
}

/** `withError` collects the sums with x - x^ too: one more [K,K] matrix, and three times the time. */
export function createInputSums(k: number, withError: boolean): InputSumsCollector {
  const gram = createGram(k);
  const cross = withError ? createCrossGram(k, k) : null;
  const errorSum = new Float64Array(k);
  return {
    add(quantized, float) {
      gram.add(quantized);
      if (!cross) return;
      if (!float) throw new Error("internal: sums with the input error need the float inputs");
      const error = float.map((x, i) => x - quantized[i]);
      cross.add(error, quantized);
      addRows(errorSum, error, k);
    },
    total() {
      const sums = gram.total();
      return cross ? { ...sums, error: { gram: cross.total().gram, sum: errorSum } } : sums;
    },
  };
}
