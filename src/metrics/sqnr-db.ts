import type { Metric } from "./metric.ts";
import { squaredError } from "./mse.ts";

/** Signal to quantization noise: 10 log10(sum reference^2 / sum (reference - actual)^2). Infinity when equal. */
export const sqnrDb: Metric = {
  name: "sqnrDb",
  label: "signal to quantization noise",
  unit: "dB",
  better: "higher",
  measure(reference, actual) {
    let signal = 0;
    for (const value of reference.data) signal += value * value;
    const noise = squaredError(reference, actual);
    return noise === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10(signal / noise);
  },
};
