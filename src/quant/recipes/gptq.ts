import { gptq as solver } from "../solvers/gptq.ts";
import { reparameterizeInput } from "../steps/reparameterize-input.ts";
import { solveWeights } from "../steps/solve-weights.ts";
import type { Recipe } from "./recipe.ts";
import { repqVit } from "./repq-vit.ts";

/** RepQ-ViT's quantizers with another rounding of the weights. */
export const gptq: Recipe = {
  name: "gptq",
  group: "Weight rounding",
  label: "GPTQ on RepQ-ViT",
  paper:
    "Frantar, Ashkboos, Hoefler, Alistarh: GPTQ: Accurate Post-Training Quantization for Generative Pre-trained Transformers. ICLR 2023, arXiv 2210.17323",
  description:
    "RepQ-ViT whose weights are not rounded one by one: after each column the remaining ones are adjusted so that the layer's output, on quantized inputs, stays as close as it can.",
  calibrationImages: 32,
  order: "sequential",
  rules: repqVit.rules,
  steps: [reparameterizeInput({ target: "mean" }), solveWeights(solver)],
  passes: [],
};
