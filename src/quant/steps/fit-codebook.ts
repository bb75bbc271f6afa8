/** Free codebooks (schemes/lloyd) for the image and each layer's attention probabilities and GELU outputs, errors counting as token-weights says. */
import type { Quantizer } from "../../graph/quantizer.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { placeLevels } from "../observers/lloyd-max.ts";
import { quantizerOf } from "../observers/squared-error.ts";
import { weightedDensity } from "../observers/weighted-density.ts";
import { lloydFit } from "../schemes/lloyd.ts";
import { schemes } from "../schemes/index.ts";
import { isPatchInput, isPostGelu } from "../sites.ts";
import { absorbFactors } from "./reparameterize-input.ts";
import { firstOf, samplePlaces } from "./sample-rows.ts";
import type { LayerStep, StepContext } from "./step.ts";
import { classTokenWeight, rowWeights } from "./token-weights.ts";

const IMAGES = 16;
/** Rows of GELU outputs that levels are placed on. */
const ROWS = 4096;

/** Levels of attention probabilities, 0 among them; rows of the class token count more. */
export function fitProbabilityCodebook(): LayerStep {
  return {
    stage: "placing levels of attention probabilities",
    run(layer, context) {
      const { node } = layer;
      const chosen = node.quantizers?.probabilities;
      if (node.op !== "AttentionOutput" || chosen?.scheme !== "lloyd") return layer;
      const { data, shape } = firstOf(layer.inputs[0], IMAGES);
      const tokens = shape[3];
      const weight = classTokenWeight(node.name, context);
      const density = weightedDensity(data, (i) => (Math.floor(i / tokens) % tokens === 0 ? weight : 1));
      const probabilities = codebook(placeLevels(density, 2 ** chosen.bits, "zero first").levels, chosen.bits, context);
      return { ...layer, node: { ...node, quantizers: { ...node.quantizers, probabilities } } };
    },
  };
}

/**
 * Levels of the image. Its pixels are multiples of 1/255 that normalisation moved off zero, so that uniform codes with an integer zero point may meet each of them
 * halfway between two codes and merge every other pair; 256 free levels are the pixels' own values.
 */
export function fitImageCodebook(): LayerStep {
  return {
    stage: "placing levels of the image",
    run(layer, context) {
      const { node } = layer;
      const chosen = node.quantizers?.input;
      if (chosen?.scheme !== "lloyd" || !isPatchInput({ graph: context.graph, node, site: "input" })) return layer;
      const { data } = firstOf(layer.inputs[0], IMAGES);
      const found = codebook(
        placeLevels(
          weightedDensity(data, () => 1),
          2 ** chosen.bits,
          "free",
        ).levels,
        chosen.bits,
        context,
      );
      return { ...layer, node: { ...node, quantizers: { ...node.quantizers, input: found } } };
    },
  };
}

/**
 * Levels of GELU outputs: each channel is divided by t_c, the square root of its root mean square, which an Affine does in GELU's epilogue; then all share
 * 2^bits levels. An error in channel c counts with the next weights that read it, |t_c W[:, c]|^2.
 */
export function fitGeluCodebook(): LayerStep {
  return {
    stage: "placing levels of GELU outputs",
    accepts: (place) => !isPostGelu(place),
    run(layer, context) {
      const { node } = layer;
      const input = node.quantizers?.input;
      if (!input || !isPostGelu({ graph: context.graph, node: layer.float.node, site: "input" })) return layer;
      const [x] = layer.inputs;
      const rows = rowWeights(node.name, x, context);
      const t = rootMeanSquares(x, rows).map((rms) => Math.max(Math.sqrt(rms), 1e-3));
      const balanced = absorbFactors(layer, { r: t, b: new Float32Array(t.length) }, input, context);
      const importance = columnNorms(balanced.node.weights.weight);
      const [{ data }] = balanced.inputs;
      const width = t.length;
      const count = data.length / width;
      const places = samplePlaces(count, Math.min(count, ROWS));
      const sample = new Float32Array(places.length * width);
      places.forEach((row, i) => sample.set(data.subarray(row * width, (row + 1) * width), i * width));
      const density = weightedDensity(sample, (i) => (rows ? rows[places[Math.floor(i / width)]] : 1) * importance[i % width]);
      const found = codebook(placeLevels(density, 2 ** input.bits, "free").levels, input.bits, context);
      return { ...balanced, node: { ...balanced.node, quantizers: { input: found } } };
    },
  };
}

function codebook(levels: readonly number[], bits: number, { levels: strictness }: StepContext): Quantizer {
  return quantizerOf(lloydFit(levels), { scheme: schemes.lloyd, bits, levels: strictness });
}

/** x: [...,C] -> [C] */
function rootMeanSquares({ data, shape }: Tensor, weights: Float64Array | null): Float32Array<ArrayBuffer> {
  const width = shape.at(-1) ?? 0;
  const sums = new Float64Array(width);
  let total = 0;
  for (let row = 0; row * width < data.length; row++) {
    const weight = weights ? weights[row] : 1;
    total += weight;
    for (let i = 0; i < width; i++) sums[i] += weight * data[row * width + i] ** 2;
  }
  return Float32Array.from(sums, (sum) => Math.sqrt(sum / total));
}

/** Squared length of each column. weight: [N,K] -> [K] */
function columnNorms({ data, shape }: Tensor): Float64Array {
  const [, k] = shape;
  const sums = new Float64Array(k);
  data.forEach((w, i) => (sums[i % k] += w * w));
  return sums;
}
