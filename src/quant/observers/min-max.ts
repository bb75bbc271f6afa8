import type { Observer } from "./observer.ts";

/** The whole range of the data: nothing is clipped, outliers decide the step. */
export const minMax: Observer = {
  name: "min-max",
  observe(values, { scheme, bits }) {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const value of values) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
    return { ...scheme.fit({ low, high }, bits), candidate: 0, gap: Number.POSITIVE_INFINITY };
  },
};
