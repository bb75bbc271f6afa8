/**
 * Clipped channel-wise quantization of LRP-QViT (Ranjan, Savakis 2024, arXiv 2401.11243): before a LayerNorm's per-channel quantizers are
 * reparameterized into one, steps that lie far from the others are pulled in, so that a few outlier channels do not distort the common step.
 * The paper's exact rule was not at hand; this is the reading by steps: s' = clamp(s, low, high), with a zero point that keeps the middle of the channel's
 * range where it was: keeping its lower end instead would cut everything at the upper one. Values beyond the new range saturate at both ends alike.
 */
import type { Quantizer } from "../../graph/quantizer.ts";
import { clamp, roundTiesToEven } from "../../tensor/rounding.ts";
import { quantiles } from "../observers/quantile.ts";

/** How far steps may lie out: this many standard deviations from the mean, or interquartile ranges from the quartiles (1.5 by custom). */
export type ScaleClip = { readonly deviations: number } | { readonly quartileRanges: number };

export function clipChannelScales(quantizer: Quantizer, clip: ScaleClip): Quantizer {
  const { scale, zeroPoint, bits, axis, scheme } = quantizer;
  if (scheme !== "uniform" || axis !== -1)
    throw new Error(`internal: ${scheme} quantizer over axis ${axis} has no steps of channels to clip`);
  const { low, high } = limits(scale, clip);
  const clippedScale = scale.map((s) => clamp(s, low, high));
  const middleCode = (2 ** bits - 1) / 2;
  const clippedZero = zeroPoint.map((z, c) => {
    if (clippedScale[c] === scale[c]) return z;
    const middle = (middleCode - z) * scale[c];
    return roundTiesToEven(middleCode - middle / clippedScale[c]) + 0; // + 0 turns -0 into 0
  });
  return { ...quantizer, scale: clippedScale, zeroPoint: clippedZero };
}

/** Steps that are kept; a lower limit below 0 keeps all small ones. */
function limits(scale: Float32Array<ArrayBuffer>, clip: ScaleClip): { low: number; high: number } {
  if ("deviations" in clip) {
    const mean = scale.reduce((sum, s) => sum + s, 0) / scale.length;
    const deviation = Math.sqrt(scale.reduce((sum, s) => sum + (s - mean) ** 2, 0) / scale.length);
    return { low: mean - clip.deviations * deviation, high: mean + clip.deviations * deviation };
  }
  const [first, third] = quantiles(scale, [0.25, 0.75]);
  const reach = clip.quartileRanges * (third - first);
  return { low: first - reach, high: third + reach };
}
