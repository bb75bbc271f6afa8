import type { TensorStatistics } from "./tensor-statistics.ts";

/** What of an inspected tensor tells whether it was ever trained. */
export type TensorRange = Pick<TensorStatistics, "low" | "high"> & { readonly parameter: string; readonly elements: number };

/** Weights of layers that hold one value only. Biases, scales and tables that were never trained are constant too and do no harm. */
export function constantTensors<T extends TensorRange>(tensors: readonly T[]): readonly T[] {
  return tensors.filter(({ low, high, parameter, elements }) => parameter === "weight" && elements > 1 && low === high);
}
