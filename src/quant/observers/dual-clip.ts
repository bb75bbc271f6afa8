/**
 * RepQuant-style dual clipping (ptq-core 4.2; the paper learns the ends by gradient): the upper and the lower end of a range shrink independently, each by
 * a factor in 1.00, 0.95 .. 0.50, and of the 121 pairs the one with the smallest squared error wins. Per channel after a LayerNorm it cuts the
 * asymmetric outliers of each channel.
 */
import { gridMse } from "./grid-mse.ts";
import type { Histogram } from "./histogram.ts";

const FACTORS = Array.from({ length: 11 }, (_, i) => 1 - i * 0.05);

export const dualClip = gridMse((histogram) => {
  const lows = FACTORS.map((factor) => clipped(histogram, "low", factor));
  const highs = FACTORS.map((factor) => clipped(histogram, "high", factor));
  return highs.flatMap((high) => lows.map((low) => ({ low, high })));
}, "dual clipping");

/** An end on its own side of 0 moves towards 0; otherwise that would widen the range, and it moves towards the median. */
function clipped(histogram: Histogram, end: "low" | "high", factor: number): number {
  const value = histogram[end];
  if (end === "low" ? value <= 0 : value >= 0) return value * factor;
  const median = medianOf(histogram);
  return median + factor * (value - median);
}

function medianOf({ centres, counts }: Histogram): number {
  const half = counts.reduce((sum, count) => sum + count) / 2;
  let before = 0;
  return centres[counts.findIndex((count) => (before += count) >= half)];
}
