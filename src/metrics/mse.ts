import type { Tensor } from "../tensor/tensor.ts";
import { requireSameShape, type Metric } from "./metric.ts";

/** Mean of (reference - actual)^2, in f64. */
export const mse: Metric = {
  name: "mse",
  label: "mean squared error",
  unit: "",
  better: "lower",
  measure: (reference, actual) => squaredError(reference, actual) / reference.data.length,
};

/** Sum of (reference - actual)^2. */
export function squaredError(reference: Tensor, actual: Tensor): number {
  requireSameShape(reference, actual);
  let sum = 0;
  for (let i = 0; i < reference.data.length; i++) sum += (reference.data[i] - actual.data[i]) ** 2;
  return sum;
}
