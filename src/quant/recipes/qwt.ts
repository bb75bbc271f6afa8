import { percentileMse, REPQ_PERCENTILES } from "../observers/percentile-mse.ts";
import { isPatchInput, isPostLayerNorm, isProbabilities, isWeight } from "../sites.ts";
import { compensateBlock } from "../steps/compensate-block.ts";
import { reparameterizeInput } from "../steps/reparameterize-input.ts";
import { nearest } from "../solvers/nearest.ts";
import { solveWeights } from "../steps/solve-weights.ts";
import type { Recipe } from "./recipe.ts";

const observer = percentileMse(REPQ_PERCENTILES);

export const qwt: Recipe = {
  name: "qwt",
  label: "QwT on RepQ-ViT",
  paper: "Fu, Yu, Li, Wu: Quantization without Tears. CVPR 2025, arXiv 2411.13918",
  description:
    "RepQ-ViT with a small float layer beside every block that adds back what can be predicted of the block's error. It costs one more matrix product per block.",
  calibrationImages: 64,
  minimumImages: 4,
  order: "sequential",
  rules: [
    { where: isWeight, scheme: "uniform", bits: "weights", granularity: "per row", observer },
    { where: isPatchInput, scheme: "uniform", bits: 8, granularity: "per tensor", observer },
    { where: isPostLayerNorm, scheme: "uniform", bits: "activations", granularity: "per column", observer },
    { where: isProbabilities, scheme: "log-sqrt2", bits: "attention", granularity: "per tensor", observer },
    { where: () => true, scheme: "uniform", bits: "activations", granularity: "per tensor", observer },
  ],
  steps: [reparameterizeInput({ target: "mean" }), solveWeights(nearest), compensateBlock()],
  passes: [],
};
