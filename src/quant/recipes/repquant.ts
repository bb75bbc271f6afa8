import { dualClip } from "../observers/dual-clip.ts";
import { percentileMse, REPQ_PERCENTILES } from "../observers/percentile-mse.ts";
import { gptq } from "../solvers/gptq.ts";
import { isPatchInput, isPostLayerNorm, isProbabilities, isWeight } from "../sites.ts";
import { reparameterizeInput } from "../steps/reparameterize-input.ts";
import { solveWeights } from "../steps/solve-weights.ts";
import type { Recipe } from "./recipe.ts";

const observer = percentileMse(REPQ_PERCENTILES);

/** The paper learns the clipping by gradients and does not publish its reconstruction: a grid and GPTQ stand in for them, hence "-style". */
export const repquant: Recipe = {
  name: "repquant",
  group: "Reparameterization",
  label: "RepQuant-style",
  paper:
    "Li, Xiao, Zhang, Gu: RepQuant: Towards Accurate Post-Training Quantization of Large Transformer Models via Scale Reparameterization. 2024, arXiv 2402.05628",
  description:
    "RepQ-ViT with both ends of every channel behind a LayerNorm clipped on their own, so that lopsided outliers cost less, and weights that are rounded so that later columns make up for the errors of earlier ones.",
  calibrationImages: 32,
  order: "sequential",
  rules: [
    { where: isWeight, scheme: "uniform", bits: "weights", granularity: "per row", observer },
    { where: isPatchInput, scheme: "uniform", bits: 8, granularity: "per tensor", observer },
    { where: isPostLayerNorm, scheme: "uniform", bits: "activations", granularity: "per column", observer: dualClip },
    { where: isProbabilities, scheme: "log-sqrt2", bits: "attention", granularity: "per tensor", observer },
    { where: () => true, scheme: "uniform", bits: "activations", granularity: "per tensor", observer },
  ],
  steps: [reparameterizeInput({ target: "mean" }), solveWeights(gptq)],
  passes: [],
};
