import { argmaxRows, type Metric } from "./metric.ts";

/** Share of images whose class `actual` gets right, 0..1; the reference is not looked at. */
export const top1Accuracy: Metric = {
  name: "top1Accuracy",
  label: "top-1 accuracy",
  unit: "share",
  better: "higher",
  measure(_reference, actual, labels) {
    const winners = argmaxRows(actual);
    if (labels?.length !== winners.length) throw new Error(`internal: ${winners.length} images, ${labels?.length ?? "no"} labels`);
    return winners.filter((winner, image) => winner === labels[image]).length / winners.length;
  },
};
