import { percentileMse, REPQ_PERCENTILES } from "../observers/percentile-mse.ts";
import { gptq as solver } from "../solvers/gptq.ts";
import { isPatchInput, isPostLayerNorm, isProbabilities, isWeight } from "../sites.ts";
import { reparameterizeInput } from "../steps/reparameterize-input.ts";
import { solveWeights } from "../steps/solve-weights.ts";
import type { Recipe } from "./recipe.ts";

const observer = percentileMse(REPQ_PERCENTILES);

/** RepQ-ViT's quantizers with another rounding of the weights. */
export const gptq: Recipe = {
  name: "gptq",
  label: "GPTQ on RepQ-ViT",
  paper:
    "Frantar, Ashkboos, Hoefler, Alistarh: GPTQ: Accurate Post-Training Quantization for Generative Pre-trained Transformers. ICLR 2023, arXiv 2210.17323",
  description:
    "RepQ-ViT whose weights are not rounded one by one: after each column the remaining ones are adjusted so that the layer's output, on quantized inputs, stays as close as it can.",
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
