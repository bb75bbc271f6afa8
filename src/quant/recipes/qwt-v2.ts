import { correctOutput } from "../steps/correct-output.ts";
import { reparameterizeInput } from "../steps/reparameterize-input.ts";
import { nearest } from "../solvers/nearest.ts";
import { solveWeights } from "../steps/solve-weights.ts";
import type { Recipe } from "./recipe.ts";
import { repqVit } from "./repq-vit.ts";

export const qwtV2: Recipe = {
  name: "qwt-v2",
  group: "Compensation",
  label: "QwT-v2 on RepQ-ViT",
  paper: "Tang, Zhou, Yu, Wu: Qwt-v2: Practical, Effective and Efficient Post-Training Quantization. 2025, arXiv 2505.20932",
  description:
    "RepQ-ViT with one factor and one offset per output channel that bring each layer back to its float output on average. They fold into scales and biases and cost nothing.",
  calibrationImages: 64,
  minimumImages: 4,
  order: "sequential",
  rules: repqVit.rules,
  steps: [reparameterizeInput({ target: "mean" }), solveWeights(nearest), correctOutput()],
  passes: [],
};
