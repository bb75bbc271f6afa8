import { allocateBits } from "../allocation/allocate-bits.ts";
import { measuredCost } from "../allocation/bit-utility.ts";
import { layerSensitivity } from "../allocation/layer-sensitivity.ts";
import { minMax } from "../observers/min-max.ts";
import { unitRange } from "../observers/unit-range.ts";
import { isPatchInput, isPooled, isPostAttention, isProbabilities, isValue, isWeight } from "../sites.ts";
import { rangeGptq } from "../solvers/range-gptq.ts";
import { fitGeluCodebook, fitImageCodebook, fitProbabilityCodebook } from "../steps/fit-codebook.ts";
import { fitWeights } from "../steps/fit-weights.ts";
import { reparameterizeInput } from "../steps/reparameterize-input.ts";
import { rotateAttention } from "../steps/rotate-attention.ts";
import { prepareTokenWeights } from "../steps/token-weights.ts";
import { weightedRanges } from "../steps/weighted-ranges.ts";
import type { Recipe } from "./recipe.ts";

const ranges = weightedRanges();
const CANDIDATES = [2, 3, 4];

/** What helped most of everything tried here, forward-only; docs/methods/vitrine.md says what each part contributes. */
export const vitrine: Recipe = {
  name: "vitrine",
  group: "Ours",
  label: "Vitrine",
  paper: null,
  description:
    "Every channel behind a LayerNorm gets a range of its own that is folded into its neighbours; queries, keys and values are rotated; attention probabilities and GELU outputs get freely placed levels; weights are rounded with an eye on what the layers really read, and errors at the class token count by what they do to the prediction. At 3 bits, where predictions are not lost already, bits are shared out among layers by what each layer alone does to the predictions, which takes several times as long.",
  calibrationImages: 32,
  minimumImages: 4,
  order: "sequential",
  prepare: prepareTokenWeights,
  // With so few bits layers differ most in what they need; one width below and above is enough to choose from.
  allocatesWhere: { bits: [3], divergence: 1 },
  async allocate(model, settings) {
    const cost = measuredCost(await layerSensitivity(model, vitrine, "both", CANDIDATES));
    return settings.map((widths) => allocateBits(model.graph, widths, cost, CANDIDATES));
  },
  rules: [
    { where: isWeight, scheme: "uniform", bits: "weights", granularity: "per row", observer: minMax },
    { where: isPatchInput, scheme: "lloyd", bits: 8, granularity: "per tensor", observer: minMax },
    { where: isProbabilities, scheme: "lloyd", bits: "attention", granularity: "per tensor", observer: unitRange },
    { where: isValue, scheme: "uniform", bits: "activations", granularity: "per column", observer: minMax },
    {
      where: ({ site }) => site === "query" || site === "key",
      scheme: "uniform",
      bits: "activations",
      granularity: "per head",
      observer: minMax,
    },
    { where: isPooled, scheme: "uniform", bits: "activations", granularity: "per tensor", observer: minMax },
    { where: isPostAttention, scheme: "uniform", bits: "activations", granularity: "per tensor", observer: minMax },
    { where: () => true, scheme: "uniform", bits: "activations", granularity: "per column", observer: minMax },
  ],
  steps: [
    fitImageCodebook(),
    rotateAttention(ranges),
    fitGeluCodebook(),
    ranges,
    reparameterizeInput({ target: "mean" }),
    fitProbabilityCodebook(),
    fitWeights(rangeGptq),
  ],
  passes: [],
};
