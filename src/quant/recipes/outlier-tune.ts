import { percentileMse, REPQ_PERCENTILES } from "../observers/percentile-mse.ts";
import { symmetrized } from "../observers/symmetrized.ts";
import { isPatchInput, isPostLayerNorm, isProbabilities, isWeight } from "../sites.ts";
import { reparameterizeInput } from "../steps/reparameterize-input.ts";
import type { Recipe } from "./recipe.ts";

const observer = percentileMse(REPQ_PERCENTILES);

/** Published for language models; here with RepQ-ViT's quantizers for everything that it does not speak of. */
export const outlierTune: Recipe = {
  name: "outlier-tune",
  group: "Reparameterization",
  label: "OutlierTune",
  paper: "Wang, Yin, Sun et al.: OutlierTune: Efficient Channel-Wise Quantization for Large Language Models. 2024, arXiv 2406.18832",
  description:
    "Shifts every channel behind a LayerNorm to the middle of its range, quantizes it with a symmetric step of its own, and multiplies that step into the next weights before they are quantized, so that nothing is left to do at run time.",
  calibrationImages: 32,
  order: "sequential",
  rules: [
    { where: isWeight, scheme: "symmetric", bits: "weights", granularity: "per row", observer },
    { where: isPatchInput, scheme: "uniform", bits: 8, granularity: "per tensor", observer },
    { where: isPostLayerNorm, scheme: "uniform", bits: "activations", granularity: "per column", observer: symmetrized },
    { where: isProbabilities, scheme: "log-sqrt2", bits: "attention", granularity: "per tensor", observer },
    { where: () => true, scheme: "uniform", bits: "activations", granularity: "per tensor", observer },
  ],
  steps: [reparameterizeInput({ target: "unit" })],
  passes: [],
};
