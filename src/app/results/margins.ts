import type { Comparison } from "../../runner/comparison.ts";
import { argmaxOfRow, rowCount } from "./predictions.ts";

/** How clearly an image is decided: the logit of the float model's class over the best of all others. */
export interface Margin {
  readonly image: number;
  readonly classIndex: number;
  /** Of the float model: at least 0. */
  readonly float: number;
  /** Of the quantized model, for the same class: below 0 where the prediction flips. */
  readonly quantized: number;
  readonly isFlip: boolean;
}

export function margins({
  floatLogits,
  quantizedLogits,
  classes,
}: Pick<Comparison, "floatLogits" | "quantizedLogits" | "classes">): Margin[] {
  return Array.from({ length: rowCount(floatLogits, classes) }, (_, image) => {
    const classIndex = argmaxOfRow(floatLogits, classes, image);
    const quantized = marginOf(quantizedLogits, classes, image, classIndex);
    return {
      image,
      classIndex,
      float: marginOf(floatLogits, classes, image, classIndex),
      quantized,
      isFlip: argmaxOfRow(quantizedLogits, classes, image) !== classIndex,
    };
  });
}

function marginOf(logits: Float32Array, classes: number, row: number, classIndex: number): number {
  let best = Number.NEGATIVE_INFINITY;
  for (let c = 0; c < classes; c++) if (c !== classIndex) best = Math.max(best, logits[row * classes + c] ?? 0);
  return (logits[row * classes + classIndex] ?? 0) - best;
}

/** Images whose float margin is among the smallest quarter: where a little noise decides. */
export function isNearTie(margin: Margin, all: readonly Margin[]): boolean {
  const sorted = all.map(({ float }) => float).toSorted((a, b) => a - b);
  const limit = sorted[Math.max(0, Math.ceil(sorted.length / 4) - 1)] ?? 0;
  return margin.float <= limit;
}
