import { IAS_WEIGHT_PERCENTILES, percentileMse, REPQ_PERCENTILES } from "../observers/percentile-mse.ts";
import { sulqSearch } from "../observers/sulq-search.ts";
import { isPatchInput, isPostLayerNorm, isProbabilities, isWeight } from "../sites.ts";
import { reparameterizeInput } from "../steps/reparameterize-input.ts";
import type { Recipe } from "./recipe.ts";

const activations = percentileMse(REPQ_PERCENTILES);
const weights = percentileMse(IAS_WEIGHT_PERCENTILES);

/** The forward part: the quantizers of stages 1 to 3 and the transition between them, without the gradient descent that follows stages 1 and 3. */
export const isVit: Recipe = {
  name: "is-vit",
  group: "Reparameterization",
  label: "I&S-ViT (forward part)",
  paper:
    "Zhong, Hu, Lin, Chen, Ji: I&S-ViT: An Inclusive & Stable Method for Pushing the Limit of Post-Training ViTs Quantization. TPAMI 2025, arXiv 2311.10126",
  description:
    "Attention probabilities are shifted a little before their logarithm is cut into equal steps, so that codes reach down to zero; LayerNorm outputs as in RepQ-ViT; weights choose among nine ranges. The image itself stays as it is. The method's training stages are not part of this.",
  calibrationImages: 64,
  order: "parallel",
  rules: [
    { where: isWeight, scheme: "uniform", bits: "weights", granularity: "per row", observer: weights },
    { where: isPostLayerNorm, scheme: "uniform", bits: "activations", granularity: "per column", observer: activations },
    { where: isProbabilities, scheme: "sulq", bits: "attention", granularity: "per tensor", observer: sulqSearch },
    { where: (place) => !isPatchInput(place), scheme: "uniform", bits: "activations", granularity: "per tensor", observer: activations },
  ],
  steps: [reparameterizeInput({ target: "mean" })],
  passes: [],
};
