import { gridMse } from "../observers/grid-mse.ts";
import { percentileMse, REPQ_PERCENTILES } from "../observers/percentile-mse.ts";
import { isAttentionOperand, isPatchInput, isPostGelu, isPostLayerNorm, isProbabilities, isWeight } from "../sites.ts";
import { reparameterizeInput } from "../steps/reparameterize-input.ts";
import { searchInput } from "../steps/search-input.ts";
import { searchProbabilities } from "../steps/search-probabilities.ts";
import { searchWeightRange } from "../steps/search-weight-range.ts";
import type { Recipe } from "./recipe.ts";

const observer = percentileMse(REPQ_PERCENTILES);

/** Calibration without the paper's optional retraining; its search is bounded to about a hundredth (see searchInput). */
export const adalog: Recipe = {
  name: "adalog",
  group: "Search",
  label: "AdaLog",
  paper:
    "Wu, Zhang, Liu et al.: AdaLog: Post-Training Quantization for Vision Transformers with Adaptive Logarithm Quantizer. ECCV 2024, arXiv 2407.12951",
  description:
    "Attention probabilities and GELU outputs are stored on a logarithmic scale whose base is searched for each layer; all ranges are chosen by what they do to the layer's output.",
  calibrationImages: 32,
  order: "parallel",
  rules: [
    { where: isWeight, scheme: "uniform", bits: "weights", granularity: "per row", observer },
    { where: isPatchInput, scheme: "uniform", bits: 8, granularity: "per tensor", observer },
    { where: isPostLayerNorm, scheme: "uniform", bits: "activations", granularity: "per column", observer },
    { where: isProbabilities, scheme: "adalog", bits: "attention", granularity: "per tensor", observer: gridMse() },
    { where: isPostGelu, scheme: "adalog-shifted", bits: "activations", granularity: "per tensor", observer: gridMse() },
    { where: isAttentionOperand, scheme: "uniform", bits: "activations", granularity: "per head", observer },
    { where: () => true, scheme: "uniform", bits: "activations", granularity: "per tensor", observer },
  ],
  steps: [
    reparameterizeInput({ target: "mean" }),
    searchInput(),
    searchWeightRange(),
    searchProbabilities({ schemes: ["adalog"], images: 4, kept: 6 }),
  ],
  passes: [],
};
