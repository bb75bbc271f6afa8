import { gridMse } from "../observers/grid-mse.ts";
import { percentileMse, REPQ_PERCENTILES } from "../observers/percentile-mse.ts";
import { isPatchInput, isPostLayerNorm, isProbabilities, isWeight } from "../sites.ts";
import { reparameterizeInput } from "../steps/reparameterize-input.ts";
import type { Recipe } from "./recipe.ts";

const observer = percentileMse(REPQ_PERCENTILES);

/** The paper's tangent formula is not published in what could be read, and its reconstruction needs gradients: ours is a stand-in, hence "-style". */
export const dopqVit: Recipe = {
  name: "dopq-vit",
  group: "Reparameterization",
  label: "DopQ-ViT-style",
  paper:
    "Yang, Gong, Liu et al.: DopQ-ViT: Towards Distribution-Friendly and Outlier-Aware Post-Training Quantization for Vision Transformers. 2024, arXiv 2408.03291",
  description:
    "RepQ-ViT with attention probabilities on a tangent scale, fine near zero and near one, and the median instead of the mean as the common step behind a LayerNorm (which, without training, changes no code).",
  calibrationImages: 32,
  order: "sequential",
  rules: [
    { where: isWeight, scheme: "uniform", bits: "weights", granularity: "per row", observer },
    { where: isPatchInput, scheme: "uniform", bits: 8, granularity: "per tensor", observer },
    { where: isPostLayerNorm, scheme: "uniform", bits: "activations", granularity: "per column", observer },
    { where: isProbabilities, scheme: "tan", bits: "attention", granularity: "per tensor", observer: gridMse() },
    { where: () => true, scheme: "uniform", bits: "activations", granularity: "per tensor", observer },
  ],
  steps: [reparameterizeInput({ target: "median" })],
  passes: [],
};
