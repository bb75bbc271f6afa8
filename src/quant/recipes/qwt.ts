import { compensateBlock } from "../steps/compensate-block.ts";
import { reparameterizeInput } from "../steps/reparameterize-input.ts";
import { nearest } from "../solvers/nearest.ts";
import { solveWeights } from "../steps/solve-weights.ts";
import type { Recipe } from "./recipe.ts";
import { repqVit } from "./repq-vit.ts";

export const qwt: Recipe = {
  name: "qwt",
  group: "Compensation",
  label: "QwT on RepQ-ViT",
  paper: "Fu, Yu, Li, Wu: Quantization without Tears. CVPR 2025, arXiv 2411.13918",
  description:
    "RepQ-ViT with a small float layer beside every block that adds back what can be predicted of the block's error. It costs one more matrix product per block.",
  calibrationImages: 64,
  minimumImages: 4,
  order: "sequential",
  rules: repqVit.rules,
  steps: [reparameterizeInput({ target: "mean" }), solveWeights(nearest), compensateBlock()],
  passes: [],
};
