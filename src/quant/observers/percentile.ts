import type { Observer } from "./observer.ts";
import { quantiles } from "./quantile.ts";

/** Clips at one percentile at both ends, whatever the error: quantile(1 - p) to quantile(p). FQ-ViT takes 0.99999; ptq-wide 1.3.1. */
export function percentile(p: number): Observer {
  return {
    name: `percentile ${p}`,
    observe(values, { scheme, bits, levels }) {
      const [low, high] = quantiles(values, [1 - p, p]);
      return { ...scheme.fit({ low, high }, bits, levels), candidate: 0, gap: Number.POSITIVE_INFINITY };
    },
  };
}
