import { percentileMse, REPQ_PERCENTILES } from "../observers/percentile-mse.ts";
import { gptaq as solver } from "../solvers/gptaq.ts";
import { isPatchInput, isPostLayerNorm, isProbabilities, isWeight } from "../sites.ts";
import { reparameterizeInput } from "../steps/reparameterize-input.ts";
import { solveWeights } from "../steps/solve-weights.ts";
import type { Recipe } from "./recipe.ts";

const observer = percentileMse(REPQ_PERCENTILES);

/** RepQ-ViT's quantizers with another rounding of the weights. */
export const gptaq: Recipe = {
  name: "gptaq",
  label: "GPTAQ on RepQ-ViT",
  paper: "Li, Li, Zhang, Panda: GPTAQ: Efficient Finetuning-Free Quantization for Asymmetric Calibration. ICML 2025, arXiv 2504.02692",
  description: "Like GPTQ, but the weights also make up for what earlier quantized layers have done to the layer's input.",
  calibrationImages: 32,
  order: "sequential",
  rules: [
    { where: isWeight, scheme: "uniform", bits: "weights", granularity: "per row", observer },
    { where: isPatchInput, scheme: "uniform", bits: 8, granularity: "per tensor", observer },
    { where: isPostLayerNorm, scheme: "uniform", bits: "activations", granularity: "per column", observer },
    { where: isProbabilities, scheme: "log-sqrt2", bits: "attention", granularity: "per tensor", observer },
    { where: () => true, scheme: "uniform", bits: "activations", granularity: "per tensor", observer },
  ],
  steps: [reparameterizeInput({ target: "mean" }), solveWeights(solver)],
  passes: [],
};
