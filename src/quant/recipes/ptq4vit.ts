import { gridMse } from "../observers/grid-mse.ts";
import { minMax } from "../observers/min-max.ts";
import { isAttentionOperand, isPatchInput, isPostGelu, isProbabilities, isWeight } from "../sites.ts";
import { searchProbabilities } from "../steps/search-probabilities.ts";
import { searchScales } from "../steps/search-scales.ts";
import type { Recipe } from "./recipe.ts";

/** Two symmetric steps where one does not fit: small and large probabilities, negative and positive outputs of GELU. */
export const ptq4vit: Recipe = {
  name: "ptq4vit",
  group: "Search",
  label: "PTQ4ViT",
  paper:
    "Yuan, Xue, Chen, Wu, Sun: PTQ4ViT: Post-Training Quantization for Vision Transformers with Twin Uniform Quantization. ECCV 2022, arXiv 2111.12293",
  description:
    "Splits the codes of attention probabilities and of GELU outputs into two ranges with a step of their own, and looks for all scales by what they do to each layer's output.",
  calibrationImages: 32,
  order: "parallel",
  rules: [
    { where: isWeight, scheme: "symmetric", bits: "weights", granularity: "per row", observer: minMax },
    { where: isPatchInput, scheme: "uniform", bits: 8, granularity: "per tensor", observer: minMax },
    { where: isProbabilities, scheme: "twin-softmax", bits: "attention", granularity: "per tensor", observer: gridMse() },
    { where: isPostGelu, scheme: "twin-gelu", bits: "activations", granularity: "per tensor", observer: gridMse() },
    { where: isAttentionOperand, scheme: "symmetric", bits: "activations", granularity: "per head", observer: gridMse() },
    { where: () => true, scheme: "symmetric", bits: "activations", granularity: "per tensor", observer: gridMse() },
  ],
  steps: [searchProbabilities({ schemes: ["twin-softmax"], images: 4, kept: 4 }), searchScales()],
  passes: [],
};
