import { minMax } from "../observers/min-max.ts";
import { powerOfTwoFactors } from "../observers/power-of-two-factor.ts";
import { unitRange } from "../observers/unit-range.ts";
import { integerArithmetic } from "../passes/integer-arithmetic.ts";
import { isNormInput, isPatchInput, isProbabilities, isScores, isWeight } from "../sites.ts";
import type { Recipe } from "./recipe.ts";

/** LayerNorm, softmax and the residual stream in integers too. Published for 8-bit weights and activations, with 8 or 4 bits of attention. */
export const fqVit: Recipe = {
  name: "fq-vit",
  group: "Baselines",
  label: "FQ-ViT",
  paper:
    "Lin, Zhang, Sun, Li, Zhou: FQ-ViT: Post-Training Quantization for Fully Quantized Vision Transformer. IJCAI 2022, arXiv 2111.13824",
  description:
    "Runs the parts that other methods leave in float in integers as well: the residual stream is stored in 8 bits with a power of two per channel, LayerNorm and softmax compute on codes, and attention probabilities are powers of two, so that multiplying by them is a shift.",
  calibrationImages: 32,
  order: "parallel",
  rules: [
    { where: isWeight, scheme: "symmetric", bits: "weights", granularity: "per row", observer: minMax },
    { where: isPatchInput, scheme: "uniform", bits: 8, granularity: "per tensor", observer: minMax },
    { where: isProbabilities, scheme: "log2", bits: "attention", granularity: "per tensor", observer: unitRange },
    { where: () => true, scheme: "uniform", bits: "activations", granularity: "per tensor", observer: minMax },
  ],
  arithmeticRules: [
    { where: isNormInput, scheme: "power-of-two-factor", bits: "activations", granularity: "per column", observer: powerOfTwoFactors },
    { where: isScores, scheme: "uniform", bits: "activations", granularity: "per tensor", observer: minMax },
  ],
  passes: [integerArithmetic],
};
