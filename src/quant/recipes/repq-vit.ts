import { percentileMse, REPQ_PERCENTILES } from "../observers/percentile-mse.ts";
import { calibrateWeights } from "../passes/calibrate-weights.ts";
import { reparameterizeLayerNorm } from "../passes/reparameterize-layer-norm.ts";
import { isPatchInput, isPostLayerNorm, isProbabilities, isWeight } from "../sites.ts";
import type { Recipe } from "./recipe.ts";

const observer = percentileMse(REPQ_PERCENTILES);

/** Quantize with rich quantizers first, then reparameterize to ones that hardware likes. The classifier is quantized like any other layer. */
export const repqVit: Recipe = {
  name: "repq-vit",
  group: "Reparameterization",
  label: "RepQ-ViT",
  paper:
    "Li, Xiao, Yang, Gu: RepQ-ViT: Scale Reparameterization for Post-Training Quantization of Vision Transformers. ICCV 2023, arXiv 2212.08254",
  description:
    "Gives every channel after a LayerNorm its own range, then folds those ranges into the LayerNorm and the next layer so that inference needs only one. Attention probabilities are stored on a logarithmic scale.",
  calibrationImages: 32,
  order: "sequential",
  rules: [
    { where: isWeight, scheme: "uniform", bits: "weights", granularity: "per row", observer },
    { where: isPatchInput, scheme: "uniform", bits: 8, granularity: "per tensor", observer },
    { where: isPostLayerNorm, scheme: "uniform", bits: "activations", granularity: "per column", observer },
    { where: isProbabilities, scheme: "log-sqrt2", bits: "attention", granularity: "per tensor", observer },
    { where: () => true, scheme: "uniform", bits: "activations", granularity: "per tensor", observer },
  ],
  passes: [reparameterizeLayerNorm, calibrateWeights],
};
