/**
 * Ranges of FQ-ViT's LayerNorm inputs: one range over all channels gives the largest step s8 = (max - min) / (2^b - 1) and the zero point; each channel takes
 * the one of s8/8, s8/4, s8/2, s8 with the smallest squared error of its own values, the smaller step on a tie. Published on the last calibration
 * batch, here on all images. Where the program clamps the zero point into the codes, the range is widened to contain 0: the same for every stream that has both signs.
 */
import { LARGEST_FACTOR_EXPONENT } from "../schemes/power-of-two-factor.ts";
import type { Observation, Observer, Target } from "./observer.ts";
import type { Fit } from "../schemes/scheme.ts";
import { squaredError } from "./squared-error.ts";

type Values = Float32Array<ArrayBuffer>;

export const powerOfTwoFactors: Observer = {
  name: "power-of-two factors",

  observe: (values, target) => choose(values, commonFit([values], target), target),

  observeTogether(channels, target) {
    const common = commonFit(channels, target);
    return channels.map((values) => choose(values, common, target));
  },
};

/** The factor of one channel. `common`: the step and zero point of the whole range. */
function choose(values: Values, common: Fit, target: Target): Observation {
  const scales = Array.from({ length: LARGEST_FACTOR_EXPONENT + 1 }, (_, k) => common.scale * 2 ** (k - LARGEST_FACTOR_EXPONENT));
  const errors = scales.map((scale) => squaredError(values, scale, common.zeroPoint, target));
  const least = Math.min(...errors);
  const candidate = errors.indexOf(least);
  const second = Math.min(...errors.filter((_, k) => k !== candidate));
  return { ...common, scale: scales[candidate], candidate, gap: second === least ? 0 : (second - least) / least };
}

/** The step and zero point of the whole range, 0 included: zero points stay codes, and integers on the common grid below 2^(bits + 3). */
function commonFit(channels: readonly Values[], { scheme, bits }: Target): Fit {
  let low = 0;
  let high = 0;
  for (const values of channels) {
    for (const value of values) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return scheme.fit({ low, high }, bits);
}
