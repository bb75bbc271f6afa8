import { percentileMse, IAS_WEIGHT_PERCENTILES, REPQ_PERCENTILES } from "../observers/percentile-mse.ts";
import { unitRange } from "../observers/unit-range.ts";
import { isPatchInput, isProbabilities, isWeight } from "../sites.ts";
import { normQuant } from "../steps/norm-quant.ts";
import type { Recipe } from "./recipe.ts";

const activations = percentileMse(REPQ_PERCENTILES);
const weights = percentileMse([...IAS_WEIGHT_PERCENTILES, 1]);

/** NormQuant for the channels, DeMax for the probabilities; everything uniform. DeMax's steps are found at run time, row by row. */
export const uqVit: Recipe = {
  name: "uq-vit",
  group: "Search",
  label: "UQ-ViT",
  paper: "UQ-ViT, AAAI 2026; formulas as in the authors' program (jiujiuwei/UQ-ViT)",
  description:
    "Uniform codes everywhere: channels are balanced against the weights that read them by a searched exponent, and each attention row keeps its largest probability in float while the others share steps of their own.",
  calibrationImages: 32,
  order: "sequential",
  rules: [
    { where: isWeight, scheme: "uniform", bits: "weights", granularity: "per row", observer: weights },
    { where: isPatchInput, scheme: "uniform", bits: 8, granularity: "per tensor", observer: activations },
    { where: isProbabilities, scheme: "demax", bits: "attention", granularity: "per tensor", observer: unitRange },
    { where: () => true, scheme: "uniform", bits: "activations", granularity: "per tensor", observer: activations },
  ],
  steps: [normQuant()],
  passes: [],
};
