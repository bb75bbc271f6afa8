/** Ranges of uniform activations by squared error with the rows' weights (see token-weights and weighted-range), at whatever granularity the recipe's rule has. */
import type { Quantizer, Site } from "../../graph/quantizer.ts";
import { sitesOf } from "../../graph/ops.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { channelsOf } from "../observers/channels.ts";
import { isPatchInput, readSite } from "../sites.ts";
import type { LayerStep } from "./step.ts";
import { rowWeights } from "./token-weights.ts";
import { weightedRange } from "./weighted-range.ts";

/** Values that candidates are judged on: of a channel, and of a head or a whole tensor, which mix channels and have longer tails. */
const CHANNEL_SAMPLE = 3072;
const SAMPLE = 65536;

export function weightedRanges(): LayerStep {
  return {
    stage: "searching ranges of activations",
    run(layer, context) {
      const { node } = layer;
      const quantizers: Partial<Record<Site, Quantizer>> = { ...node.quantizers };
      for (const site of sitesOf(node.op)) {
        const quantizer = quantizers[site];
        if (site === "weight" || quantizer?.scheme !== "uniform" || isPatchInput({ graph: context.graph, node, site })) continue;
        const x = readSite(node, layer.inputs, site);
        const weights = site === "input" || site === "query" ? rowWeights(node.name, x, context) : null;
        quantizers[site] = found(quantizer, x, weights);
      }
      return { ...layer, node: { ...node, quantizers } };
    },
  };
}

/** weights: one per row of x. */
function found(quantizer: Quantizer, x: Tensor, weights: Float64Array | null): Quantizer {
  const entries = quantizer.scale.length;
  const width = x.shape.at(-1) ?? 1;
  const fits = channelsOf(x, quantizer.axis, entries).map((values) => {
    const perRow = quantizer.axis === null ? width : width / entries;
    return weightedRange(values, weights && spread(weights, perRow), quantizer.bits, perRow === 1 ? CHANNEL_SAMPLE : SAMPLE);
  });
  return {
    ...quantizer,
    scale: Float32Array.from(fits, ({ scale }) => scale),
    zeroPoint: Float32Array.from(fits, ({ zeroPoint }) => zeroPoint ?? 0),
  };
}

/** Each row's weight for each of its values. */
function spread(weights: Float64Array, perRow: number): Float64Array {
  if (perRow === 1) return weights;
  const out = new Float64Array(weights.length * perRow);
  for (let row = 0; row < weights.length; row++) out.fill(weights[row], row * perRow, (row + 1) * perRow);
  return out;
}
