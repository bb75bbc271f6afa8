/** A free codebook of attention probabilities for each layer (schemes/lloyd), with the class token's row counting as token-weights says. */
import { histogramOf, type Histogram } from "../observers/histogram.ts";
import { placeLevels } from "../observers/lloyd-max.ts";
import { quantizerOf } from "../observers/squared-error.ts";
import { lloydFit } from "../schemes/lloyd.ts";
import { schemes } from "../schemes/index.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { firstOf } from "./sample-rows.ts";
import type { LayerStep } from "./step.ts";
import { classTokenWeight } from "./token-weights.ts";

const IMAGES = 16;

export function fitCodebook(): LayerStep {
  return {
    stage: "placing levels of attention probabilities",
    run(layer, context) {
      const { node } = layer;
      const chosen = node.quantizers?.probabilities;
      if (node.op !== "AttentionOutput" || chosen?.scheme !== "lloyd") return layer;
      const probabilities = firstOf(layer.inputs[0], IMAGES);
      const weight = classTokenWeight(node.name, context);
      const all = histogramOf(probabilities.data, chosen.bits);
      const histogram = weight === 1 ? all : merged(all, histogramOf(classRows(probabilities), chosen.bits), weight - 1);
      const { levels } = placeLevels(histogram, 2 ** chosen.bits);
      const target = { scheme: schemes.lloyd, bits: chosen.bits, levels: context.levels };
      const quantizer = quantizerOf(lloydFit(levels, chosen.bits), target);
      return { ...layer, node: { ...node, quantizers: { ...node.quantizers, probabilities: quantizer } } };
    },
  };
}

/** The first row of every head's map. p: [B,H,N,N] -> [B * H * N] */
function classRows({ data, shape }: Tensor): Float32Array<ArrayBuffer> {
  const tokens = shape[3];
  const maps = data.length / (tokens * tokens);
  const out = new Float32Array(maps * tokens);
  for (let map = 0; map < maps; map++) out.set(data.subarray(map * tokens * tokens, map * tokens * tokens + tokens), map * tokens);
  return out;
}

/** Counts of `a` plus `factor` times those of `b`. */
function merged(a: Histogram, b: Histogram, factor: number): Pick<Histogram, "centres" | "counts" | "high"> {
  const bins = [
    ...Array.from(a.centres, (centre, i) => [centre, a.counts[i]]),
    ...Array.from(b.centres, (centre, i) => [centre, b.counts[i] * factor]),
  ].sort(([p], [q]) => p - q);
  return {
    centres: Float32Array.from(bins, ([centre]) => centre),
    counts: Float64Array.from(bins, ([, count]) => count),
    high: Math.max(a.high, b.high),
  };
}
