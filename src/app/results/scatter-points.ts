import type { Comparison } from "../../runner/comparison.ts";
import { argmaxOfRow, rowCount } from "./predictions.ts";

export interface ScatterPoint {
  readonly float: number;
  readonly quantized: number;
  readonly image: number;
  readonly classIndex: number;
  /** "kept" and "flipped" for the float model's prediction of each image; "other" for all other logits. */
  readonly kind: "other" | "kept" | "flipped";
}

/**
 * Float against quantized logit. The prediction of every image is always there; of the rest every n-th,
 * so that at most about `limit` marks are drawn (a thousand classes times many images would freeze a picture).
 */
export function scatterPoints(
  comparison: Comparison,
  limit: number,
): { readonly points: readonly ScatterPoint[]; readonly stride: number } {
  const { floatLogits, quantizedLogits, classes } = comparison;
  const stride = Math.max(1, Math.ceil(floatLogits.length / limit));
  const points: ScatterPoint[] = [];
  for (let index = 0; index < floatLogits.length; index += stride) push(index, "other");
  for (let image = 0; image < rowCount(floatLogits, classes); image++) {
    const best = argmaxOfRow(floatLogits, classes, image);
    push(image * classes + best, argmaxOfRow(quantizedLogits, classes, image) === best ? "kept" : "flipped");
  }
  return { points, stride };

  function push(index: number, kind: ScatterPoint["kind"]): void {
    const float = floatLogits[index] ?? NaN;
    const quantized = quantizedLogits[index] ?? NaN;
    if (!Number.isFinite(float) || !Number.isFinite(quantized)) return;
    points.push({ float, quantized, image: Math.floor(index / classes), classIndex: index % classes, kind });
  }
}
