import { argmaxRows, requireSameShape, type Metric } from "./metric.ts";

/** Share of images on which both give the same class, 0..1. */
export const top1Agreement: Metric = {
  name: "top1Agreement",
  label: "same prediction",
  unit: "share",
  better: "higher",
  measure(reference, actual) {
    requireSameShape(reference, actual);
    const expected = argmaxRows(reference);
    return argmaxRows(actual).filter((winner, image) => winner === expected[image]).length / expected.length;
  },
};
