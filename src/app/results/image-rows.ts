import type { Comparison } from "../../runner/comparison.ts";
import type { LabImage } from "../worker/lab-api.ts";
import { isNearTie, margins } from "./margins.ts";
import { argmaxOfRow, klOfRow, markOf, pairedTop, softmaxRow } from "./predictions.ts";
import type { ClassShare, Mark } from "./predictions.ts";

/** Which of the two quantized models the page shows. */
export type Side = "main" | "baseline";

/** One image in the results: what the float and the quantized model say about it. */
export interface ImageRow {
  readonly image: LabImage;
  readonly floatClass: number;
  readonly quantizedClass: number;
  readonly floatShare: number;
  readonly quantizedShare: number;
  /** The class that the model beside it gives; null where there is none. */
  readonly otherClass: number | null;
  readonly mark: Mark;
  readonly klDivergence: number;
  /** How clearly the float model decides: its logit over the next best. */
  readonly margin: number;
  readonly isNearTie: boolean;
  /** Place among the evaluation images. */
  readonly index: number;
  readonly top: readonly ClassShare[];
}

type Shown = Pick<Comparison, "classes" | "floatLogits" | "quantizedLogits" | "quality">;

/** Rows in the order of the images. Seen from the baseline's side nothing is rescued: there is no third recipe to be rescued from. */
export function imageRows(
  result: { readonly main: Shown; readonly baseline: Shown | null },
  images: readonly LabImage[],
  side: Side,
): readonly ImageRow[] {
  const shown = side === "baseline" && result.baseline !== null ? result.baseline : result.main;
  const other = side === "main" ? result.baseline : null;
  const { classes, floatLogits, quantizedLogits } = shown;
  const all = margins(shown);
  return images.slice(0, shown.quality.imageCount).map((image, row) => {
    const float = softmaxRow(floatLogits, classes, row);
    const quantized = softmaxRow(quantizedLogits, classes, row);
    const floatClass = argmaxOfRow(floatLogits, classes, row);
    const quantizedClass = argmaxOfRow(quantizedLogits, classes, row);
    const otherClass = other === null ? null : argmaxOfRow(other.quantizedLogits, classes, row);
    return {
      image,
      floatClass,
      quantizedClass,
      floatShare: float[floatClass] ?? 0,
      quantizedShare: quantized[quantizedClass] ?? 0,
      otherClass,
      mark: markOf(floatClass, quantizedClass, otherClass),
      klDivergence: klOfRow(float, quantized),
      margin: all[row]?.float ?? 0,
      isNearTie: all[row] !== undefined && isNearTie(all[row], all),
      index: row,
      top: pairedTop(float, quantized, Math.min(5, classes)),
    };
  });
}

export type Filter = "all" | "flip" | "rescued" | "near-tie";

export function filterRows(rows: readonly ImageRow[], filter: Filter): readonly ImageRow[] {
  if (filter === "near-tie") return rows.filter((row) => row.isNearTie);
  return filter === "all" ? rows : rows.filter((row) => row.mark === filter);
}

export type Order = "given" | "kl" | "margin";

/** As given; or what quantization moved most first; or what the float model is least sure of first. */
export function sortRows(rows: readonly ImageRow[], order: Order): readonly ImageRow[] {
  if (order === "kl") return rows.toSorted((a, b) => b.klDivergence - a.klDivergence);
  return order === "margin" ? rows.toSorted((a, b) => a.margin - b.margin) : rows;
}

export function className(labels: readonly string[] | null, classIndex: number): string {
  return labels?.[classIndex] ?? `class ${classIndex}`;
}
