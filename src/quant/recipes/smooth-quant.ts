import { minMax } from "../observers/min-max.ts";
import { isPatchInput, isPostLayerNorm, isProbabilities, isWeight } from "../sites.ts";
import { absorbFactors } from "../steps/reparameterize-input.ts";
import type { LayerStep } from "../steps/step.ts";
import type { Recipe } from "./recipe.ts";

/** Channels that are zero, in the input or in the weights, are left alone. */
const SMALLEST = 1e-5;

/** x_j / s_j and W_j s_j with s_j = max |x_j|^alpha / max |W_j|^(1 - alpha), behind a LayerNorm, which takes up the division. */
export function smoothInput(alpha: number): LayerStep {
  return {
    stage: "smoothing inputs",
    run(layer, context) {
      const input = layer.node.quantizers?.input;
      if (!input || !isPostLayerNorm({ graph: context.graph, node: layer.float.node, site: "input" })) return layer;
      const inputs = columnMaxima(layer.inputs[0].data, layer.node.weights.weight.shape[1]);
      const weights = columnMaxima(layer.node.weights.weight.data, inputs.length);
      const r = inputs.map((largest, j) => Math.max(largest, SMALLEST) ** alpha / Math.max(weights[j], SMALLEST) ** (1 - alpha));
      const smoothed = absorbFactors(layer, { r, b: new Float32Array(r.length) }, input, context);
      return { ...smoothed, node: context.observe(smoothed.node, smoothed.inputs, "input") };
    },
  };
}

/** Largest magnitude of each column. values: [...,k] */
function columnMaxima(values: Float32Array, k: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(k);
  for (let i = 0; i < values.length; i++) out[i % k] = Math.max(out[i % k], Math.abs(values[i]));
  return out;
}

/** Made for 8-bit language models; static quantizers, one for each tensor of activations (the paper's O3). */
export const smoothQuant: Recipe = {
  name: "smooth-quant",
  group: "Reparameterization",
  label: "SmoothQuant",
  paper:
    "Xiao, Lin, Seznec, Wu, Demouth, Han: SmoothQuant: Accurate and Efficient Post-Training Quantization for Large Language Models. ICML 2023, arXiv 2211.10438",
  description:
    "Min-max ranges after a trade between inputs and weights: channels with large inputs are made smaller and their weights larger, half of the way, so that both are about equally hard to round.",
  calibrationImages: 32,
  order: "parallel",
  rules: [
    { where: isWeight, scheme: "symmetric", bits: "weights", granularity: "per row", observer: minMax },
    { where: isPatchInput, scheme: "uniform", bits: 8, granularity: "per tensor", observer: minMax },
    { where: isProbabilities, scheme: "uniform", bits: "attention", granularity: "per tensor", observer: minMax },
    { where: () => true, scheme: "uniform", bits: "activations", granularity: "per tensor", observer: minMax },
  ],
  steps: [smoothInput(0.5)],
  passes: [],
};
