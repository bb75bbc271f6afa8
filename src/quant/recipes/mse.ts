import { omse } from "../observers/omse.ts";
import { isPatchInput, isProbabilities, isWeight } from "../sites.ts";
import type { Recipe } from "./recipe.ts";

/** OMSE: every range is shrunk in steps of one percent to the one with the least squared error of the tensor itself. */
export const mse: Recipe = {
  name: "mse",
  group: "Baselines",
  label: "MSE (OMSE)",
  paper:
    "Kravchik, Yang, Kisilev, Choukroun: Low-bit Quantization of Neural Networks for Efficient Inference. ICCV Workshops 2019, arXiv 1902.06822; steps as in FQ-ViT's program",
  description:
    "A baseline: each range is made smaller step by step, and the one that changes the numbers least is kept: clipping a few large values in exchange for finer steps for all others.",
  calibrationImages: 32,
  order: "parallel",
  rules: [
    { where: isWeight, scheme: "uniform", bits: "weights", granularity: "per row", observer: omse },
    { where: isPatchInput, scheme: "uniform", bits: 8, granularity: "per tensor", observer: omse },
    { where: isProbabilities, scheme: "uniform", bits: "attention", granularity: "per tensor", observer: omse },
    { where: () => true, scheme: "uniform", bits: "activations", granularity: "per tensor", observer: omse },
  ],
  passes: [],
};
