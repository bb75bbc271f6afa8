import { tensor } from "../../tensor/tensor.ts";
import { allocateBits } from "../allocation/allocate-bits.ts";
import { noiseUtility, relevanceCost } from "../allocation/bit-utility.ts";
import { refuseNonFinite } from "../calibration-limits.ts";
import { percentileMse, REPQ_PERCENTILES } from "../observers/percentile-mse.ts";
import { calibrateWeights } from "../passes/calibrate-weights.ts";
import { reparameterizeLayerNorm } from "../passes/reparameterize-layer-norm.ts";
import { layerRelevance } from "../relevance/layer-relevance.ts";
import { isPatchInput, isPostLayerNorm, isProbabilities, isWeight } from "../sites.ts";
import { clipScales } from "../steps/clip-scales.ts";
import { firstOf } from "../steps/sample-rows.ts";
import type { Recipe } from "./recipe.ts";

const observer = percentileMse(REPQ_PERCENTILES);
/** Relevance is an average over images, and each costs about four forwards on the CPU. */
const RELEVANCE_IMAGES = 8;
/** Steps of channels further from their mean are outliers. */
const CLIPS = [{ deviations: 2 }, { deviations: 3 }, { deviations: 4 }];

/** The paper's normalisation of scores and its clipping rule could not be read; ours are stated in docs/methods/lrp-qvit.md. */
export const lrpQvit: Recipe = {
  name: "lrp-qvit",
  group: "Mixed precision",
  label: "LRP-QViT",
  paper:
    "Ranjan, Savakis: LRP-QViT: Mixed-Precision Vision Transformer Quantization via Layer-wise Relevance Propagation. 2024, arXiv 2401.11243",
  description:
    "Follows a prediction backwards through the network to see how much of it passes through each layer, and gives those layers more bits, at the bytes and operations of a model with the same bits everywhere. Quantizers as in RepQ-ViT, with outlying channels clipped where that helps.",
  calibrationImages: 32,
  order: "sequential",
  rules: [
    { where: isWeight, scheme: "uniform", bits: "weights", granularity: "per row", observer },
    { where: isPatchInput, scheme: "uniform", bits: 8, granularity: "per tensor", observer },
    { where: isPostLayerNorm, scheme: "uniform", bits: "activations", granularity: "per column", observer },
    { where: isProbabilities, scheme: "log-sqrt2", bits: "attention", granularity: "per tensor", observer },
    { where: () => true, scheme: "uniform", bits: "activations", granularity: "per tensor", observer },
  ],
  async allocate({ graph, images, ...work }, settings) {
    const scores = await layerRelevance(graph, firstOf(images, RELEVANCE_IMAGES), work);
    const values = Float32Array.from(Object.values(scores));
    refuseNonFinite(tensor([values.length], values), "the layers, as shares of the prediction,");
    return settings.map((widths) => allocateBits(graph, widths, relevanceCost(scores, noiseUtility)));
  },
  steps: [clipScales({ clips: CLIPS, target: "mean" })],
  passes: [reparameterizeLayerNorm, calibrateWeights],
};
