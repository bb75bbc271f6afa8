import { minMax } from "../observers/min-max.ts";
import { percentile as clipAt } from "../observers/percentile.ts";
import { isPatchInput, isWeight } from "../sites.ts";
import type { Recipe } from "./recipe.ts";

const observer = clipAt(0.9999);

/** Clips one value in ten thousand at both ends of each activation tensor, whatever the error. */
export const percentile: Recipe = {
  name: "percentile",
  group: "Baselines",
  label: "percentile 99.99 %",
  paper: null,
  description:
    "A baseline: like min-max, but the largest and smallest hundredth of a percent of each activation tensor are clipped, so that single outliers no longer set the step.",
  calibrationImages: 32,
  order: "parallel",
  rules: [
    { where: isWeight, scheme: "uniform", bits: "weights", granularity: "per row", observer: minMax },
    { where: isPatchInput, scheme: "uniform", bits: 8, granularity: "per tensor", observer },
    { where: (place) => place.site === "probabilities", scheme: "uniform", bits: "attention", granularity: "per tensor", observer },
    { where: () => true, scheme: "uniform", bits: "activations", granularity: "per tensor", observer },
  ],
  passes: [],
};
