/** Searches over a scheme's parameters and over ranges: every candidate judged by its squared error on a histogram of the values. */
import { tensor } from "../../tensor/tensor.ts";
import type { Fit, Range } from "../schemes/scheme.ts";
import { histogramOf, type Histogram } from "./histogram.ts";
import type { Target } from "./observer.ts";
import { quantizerOf } from "./squared-error.ts";

export interface RankedFit extends Fit {
  /** Mean squared error of the values. */
  readonly error: number;
  /** Its place in the list of candidates. */
  readonly candidate: number;
}

/** Ranges to try, from what the values look like. */
export type RangeCandidates = (histogram: Histogram) => readonly Range[];

/** The whole range and parts of it, by these factors on both ends. */
export function shrunkRanges(factors: readonly number[]): RangeCandidates {
  return ({ low, high }) => factors.map((factor) => ({ low: low * factor, high: high * factor }));
}

/** The whole range, and down to half of it: maxima of softmax are rare, and smaller steps below them are worth more. */
export const USUAL_RANGES = shrunkRanges([1, 0.9, 0.8, 0.7, 0.6, 0.5]);

/** The `kept` best candidates, best first; the earlier one wins a tie. */
export function rankFits(
  values: Float32Array<ArrayBuffer>,
  target: Target,
  kept: number,
  ranges: RangeCandidates = USUAL_RANGES,
): RankedFit[] {
  const histogram = histogramOf(values, target.bits);
  const fits = distinct(
    ranges(histogram).flatMap(
      (range) => target.scheme.candidates?.(range, target.bits, target.levels) ?? [target.scheme.fit(range, target.bits, target.levels)],
    ),
  );
  return fits
    .map((fit, candidate) => ({ ...fit, candidate, error: histogramError(histogram, fit, target) / values.length }))
    .sort((a, b) => a.error - b.error || a.candidate - b.candidate)
    .slice(0, kept);
}

/** Sum over the values of (x - x^)^2, as far as the bins know them. */
export function histogramError(histogram: Histogram, fit: Omit<Fit, "roundingMargin">, target: Target): number {
  const { centres, counts } = histogram;
  const restored = target.scheme.fakeQuantize(tensor([centres.length], centres), quantizerOf(fit, target)).data;
  let sum = histogram.scatter;
  for (let i = 0; i < centres.length; i++) {
    const difference = centres[i] - restored[i];
    sum += counts[i] * difference * difference;
  }
  return sum;
}

/** Schemes that do not look at a range repeat themselves on each. */
function distinct(fits: readonly Fit[]): Fit[] {
  const known = new Map(fits.toReversed().map((fit) => [`${fit.scale} ${fit.zeroPoint} ${JSON.stringify(fit.parameters ?? {})}`, fit]));
  return [...known.values()].reverse();
}
