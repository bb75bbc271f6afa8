import { endsOf } from "./ends.ts";
import type { Observer } from "./observer.ts";

/** The whole range of the data: nothing is clipped, outliers decide the step. */
export const minMax: Observer = {
  name: "min-max",
  observe: (values, { scheme, bits, levels }) => ({
    ...scheme.fit(endsOf(values), bits, levels),
    candidate: 0,
    gap: Number.POSITIVE_INFINITY,
  }),
};
