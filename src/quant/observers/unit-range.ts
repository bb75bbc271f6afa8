import type { Observer } from "./observer.ts";

/** The range [0, 1], whatever is seen: for probabilities whose scale a method fixes at 1, so that decoding is a shift alone. */
export const unitRange: Observer = {
  name: "0 to 1",
  observe: (_values, { scheme, bits }) => ({
    ...scheme.fit({ low: 0, high: 1 }, bits),
    candidate: 0,
    gap: Number.POSITIVE_INFINITY,
  }),
};
