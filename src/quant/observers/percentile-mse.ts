/**
 * Range search of RepQ-ViT and I&S-ViT: for each percentile p fit the scheme to [quantile(1 - p), quantile(p)] and keep the fit with the smallest
 * mean squared error of the tensor itself; the first one wins a tie. ptq-core: "percentile list + MSE".
 */
import type { Observation, Observer } from "./observer.ts";
import { quantiles } from "./quantile.ts";
import { squaredError } from "./squared-error.ts";

/** RepQ-ViT: weights and activations alike. */
export const REPQ_PERCENTILES = [0.999, 0.9999, 0.99999];
/** I&S-ViT: weights. */
export const IAS_WEIGHT_PERCENTILES = [0.97, 0.98, 0.99, 0.995, 0.9995, 0.9997, 0.9999, 0.99995, 0.99999];

export function percentileMse(percentiles: readonly number[]): Observer {
  return {
    name: "percentile, smallest mean squared error",
    observe(values, target) {
      const bounds = quantiles(values, [...percentiles, ...percentiles.map((p) => 1 - p)]);
      let best: Observation | null = null;
      let bestError = Number.POSITIVE_INFINITY;
      let secondError = Number.POSITIVE_INFINITY;
      percentiles.forEach((_p, candidate) => {
        const range = { high: bounds[candidate], low: bounds[percentiles.length + candidate] };
        const fit = target.scheme.fit(range, target.bits, target.levels);
        const error = squaredError(values, fit.scale, fit.zeroPoint, target, fit.parameters);
        if (error < bestError) {
          secondError = bestError;
          bestError = error;
          best = { ...fit, candidate, gap: 0 };
        } else if (error < secondError) secondError = error;
      });
      if (!best) throw new Error("internal: no percentile gives a finite error");
      return { ...(best as Observation), gap: secondError === bestError ? 0 : (secondError - bestError) / bestError };
    },
  };
}
