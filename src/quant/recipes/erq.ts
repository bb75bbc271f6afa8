import { IAS_WEIGHT_PERCENTILES, percentileMse, REPQ_PERCENTILES } from "../observers/percentile-mse.ts";
import { erq as solver } from "../solvers/erq.ts";
import { isPatchInput, isPostLayerNorm, isProbabilities, isWeight } from "../sites.ts";
import { correctInputError } from "../steps/correct-input-error.ts";
import { reparameterizeInput } from "../steps/reparameterize-input.ts";
import { solveWeights } from "../steps/solve-weights.ts";
import type { Recipe } from "./recipe.ts";

const activations = percentileMse(REPQ_PERCENTILES);
const weights = percentileMse([...IAS_WEIGHT_PERCENTILES, 1]);

/** Each layer on its own, on float inputs that go through its own quantizer. The journal version's two-part weights are not part of this. */
export const erq: Recipe = {
  name: "erq",
  group: "Weight rounding",
  label: "ERQ",
  paper:
    "Zhong, Huang, Hu, Zhang, Ji: ERQ: Error Reduction for Post-Training Quantization of Vision Transformers. ICML 2024, arXiv 2407.06794; steps as in the authors' program",
  description:
    "Solves for weights twice: first a ridge regression lets the float weights take up the error of the quantized inputs, then half of the remaining columns at a time is rounded, single roundings are flipped where that helps, and the rest takes up the error.",
  calibrationImages: 32,
  minimumImages: 2,
  order: "parallel",
  rules: [
    { where: isWeight, scheme: "uniform", bits: "weights", granularity: "per row", observer: weights },
    { where: isPatchInput, scheme: "uniform", bits: 8, granularity: "per tensor", observer: activations },
    { where: isPostLayerNorm, scheme: "uniform", bits: "activations", granularity: "per column", observer: activations },
    { where: isProbabilities, scheme: "log-sqrt2", bits: "attention", granularity: "per tensor", observer: activations },
    { where: () => true, scheme: "uniform", bits: "activations", granularity: "per tensor", observer: activations },
  ],
  steps: [reparameterizeInput({ target: "mean" }), correctInputError(), solveWeights(solver)],
  passes: [],
};
