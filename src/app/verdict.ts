import type { Comparison } from "../runner/comparison.ts";
import { bitsName } from "./format.ts";
import { findLossSite, placeName } from "./results/loss-site.ts";
import type { LabTwin } from "./worker/lab-api.ts";
import { argmaxOfRow, rowCount } from "./results/predictions.ts";

export interface Verdict {
  readonly sentence: string;
  /** Predictions kept by the recipe and by the baseline (null when none ran), of `total`. */
  readonly kept: number;
  readonly baselineKept: number | null;
  readonly total: number;
}

/** The one sentence at the top of the results; every number in it is counted from the logits. */
export function verdictOf(
  result: { readonly main: Comparison; readonly baseline: Comparison | null },
  labelOf: (recipe: string) => string,
): Verdict {
  const { main, baseline } = result;
  const total = rowCount(main.floatLogits, main.classes);
  const kept = keptPredictions(main);
  const baselineKept = baseline === null ? null : keptPredictions(baseline);
  const name = labelOf(main.request.recipe);
  const bits = bitsName(main.request);
  const noun = main.quality.features ? "nearest image" : "prediction";
  let sentence: string;
  if (total === 0) sentence = `${name} ${bits} ran on no image`;
  else if (baseline === null || baselineKept === null) sentence = `${name} ${bits} keeps ${countOf(kept, total)} ${plural(total, noun)}`;
  else {
    sentence = `${labelOf(baseline.request.recipe)} ${bits} keeps ${countOf(baselineKept, total)} ${plural(total, noun)}, ${name} `;
    sentence += baselineKept === kept ? `just as many` : `keeps ${kept === total ? "all" : kept > baselineKept ? kept : `only ${kept}`}`;
  }
  return { sentence: `${sentence}${lossClause(main, total - kept)}.`, kept, baselineKept, total };
}

/** The one sentence over two float models. */
export function twinSentence(twin: Pick<LabTwin, "reference" | "other" | "quality">): string {
  const { quality } = twin;
  const same = Math.round(quality.top1Agreement * quality.imageCount);
  const what = quality.features ? "finds the same nearest image as" : "says the same as";
  return `${twin.other} ${what} ${twin.reference} on ${countOf(same, quality.imageCount)} ${plural(quality.imageCount, "image")}.`;
}

/** Images with the same prediction; of models that give features, with the same nearest image. */
export function keptPredictions(comparison: Comparison): number {
  const { features } = comparison.quality;
  if (features) return Math.round(features.neighbourAgreement * rowCount(comparison.floatLogits, comparison.classes));
  const { floatLogits, quantizedLogits, classes } = comparison;
  let kept = 0;
  for (let row = 0; row < rowCount(floatLogits, classes); row++) {
    if (argmaxOfRow(floatLogits, classes, row) === argmaxOfRow(quantizedLogits, classes, row)) kept++;
  }
  return kept;
}

function lossClause(main: Comparison, lost: number): string {
  const site = findLossSite(main.layers);
  if (site === null) return "";
  const place = placeName(site.layer);
  if (site.share === null) return `; its weakest point is ${place}`;
  if (lost === 0) return `; ${site.share >= 0.5 ? "most" : "the largest part"} of what error is left enters at ${place}`;
  if (site.share >= 0.5) return `; most of the rest is lost at ${place}`;
  return `; the largest part of the rest (${(site.share * 100).toFixed(0)} %) is lost at ${place}`;
}

function countOf(kept: number, total: number): string {
  return kept === total ? `all ${total}` : kept === 0 ? `none of ${total}` : `${kept} of ${total}`;
}

function plural(count: number, noun: string): string {
  return count === 1 ? noun : `${noun}s`;
}
