import { gptaq as solver } from "../solvers/gptaq.ts";
import { reparameterizeInput } from "../steps/reparameterize-input.ts";
import { solveWeights } from "../steps/solve-weights.ts";
import type { Recipe } from "./recipe.ts";
import { repqVit } from "./repq-vit.ts";

/** RepQ-ViT's quantizers with another rounding of the weights. */
export const gptaq: Recipe = {
  name: "gptaq",
  group: "Weight rounding",
  label: "GPTAQ on RepQ-ViT",
  paper: "Li, Li, Zhang, Panda: GPTAQ: Efficient Finetuning-Free Quantization for Asymmetric Calibration. ICML 2025, arXiv 2504.02692",
  description: "Like GPTQ, but the weights also make up for what earlier quantized layers have done to the layer's input.",
  calibrationImages: 32,
  order: "sequential",
  rules: repqVit.rules,
  steps: [reparameterizeInput({ target: "mean" }), solveWeights(solver)],
  passes: [],
};
