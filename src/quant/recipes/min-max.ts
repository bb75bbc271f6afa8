import { minMax as range } from "../observers/min-max.ts";
import { isPatchInput, isProbabilities, isWeight } from "../sites.ts";
import type { Recipe } from "./recipe.ts";

/** The naive baseline: every range is what was seen, one step per activation tensor, uniform everywhere. */
export const minMax: Recipe = {
  name: "min-max",
  group: "Baselines",
  label: "min-max",
  paper: null,
  description:
    "The naive baseline: each tensor's range is its smallest and largest value, cut into equal steps. Weights get one range per output channel, activations one per tensor, so a few large channels take the resolution from all others.",
  calibrationImages: 32,
  order: "parallel",
  rules: [
    { where: isWeight, scheme: "uniform", bits: "weights", granularity: "per row", observer: range },
    { where: isPatchInput, scheme: "uniform", bits: 8, granularity: "per tensor", observer: range },
    { where: isProbabilities, scheme: "uniform", bits: "attention", granularity: "per tensor", observer: range },
    { where: () => true, scheme: "uniform", bits: "activations", granularity: "per tensor", observer: range },
  ],
  passes: [],
};
