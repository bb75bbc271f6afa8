import { metrics } from "../metrics/index.ts";
import type { ModelCard } from "../models/config.ts";
import { tensor } from "../tensor/tensor.ts";
import type { Quality } from "./comparison.ts";

/** All metrics of the outputs of two models: both [imageCount, classes], or embeddings of that width. */
export function measureQuality(
  floatLogits: Float32Array<ArrayBuffer>,
  quantizedLogits: Float32Array<ArrayBuffer>,
  imageCount: number,
  classes: number,
  labels: Int32Array | null,
  output: ModelCard["output"] = "classes",
): Quality {
  const a = tensor([imageCount, classes], floatLogits);
  const b = tensor([imageCount, classes], quantizedLogits);
  if (output === "features") {
    const features = { cosine: metrics.featureCosine.measure(a, b), neighbourAgreement: metrics.neighbourAgreement.measure(a, b) };
    const unlabelled = measureQuality(floatLogits, quantizedLogits, imageCount, classes, null);
    return { ...unlabelled, features, top1Agreement: features.neighbourAgreement };
  }
  return {
    imageCount,
    top1Agreement: metrics.top1Agreement.measure(a, b),
    top1AccuracyFloat: labels ? metrics.top1Accuracy.measure(a, a, labels) : null,
    top1AccuracyQuantized: labels ? metrics.top1Accuracy.measure(a, b, labels) : null,
    logitSqnrDb: metrics.sqnrDb.measure(a, b),
    logitCosine: metrics.cosine.measure(a, b),
    klDivergence: metrics.klDivergence.measure(a, b),
  };
}
