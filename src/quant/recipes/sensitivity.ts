import { sitesOf } from "../../graph/ops.ts";
import { allocateBits, isTied } from "../allocation/allocate-bits.ts";
import { measuredCost } from "../allocation/bit-utility.ts";
import { layerSensitivity } from "../allocation/layer-sensitivity.ts";
import type { BitWidths, LayerBits } from "../bits.ts";
import { lrpQvit } from "./lrp-qvit.ts";
import type { FloatModel, Recipe } from "./recipe.ts";

/** The same quantizers and budget as LRP-QViT, with a measurement in place of relevance: what each layer alone does to the logits. */
export const sensitivity: Recipe = {
  ...lrpQvit,
  name: "sensitivity",
  group: "Mixed precision",
  label: "measured sensitivity (ours)",
  paper: null,
  description:
    "Quantizes one layer at a time at every width, measures how far the predictions move, and spends the bits where that helps most, at the bytes and operations of a model with the same bits everywhere. Slow: about 190 forwards of 16 images for 12 blocks.",
  allocate,
};

/** Settings with weights and activations alike share one measurement of both operands, the others one of weights alone. */
async function allocate(model: FloatModel, settings: readonly BitWidths[]): Promise<readonly LayerBits[]> {
  const costOf = async (operands: "both" | "weights") => measuredCost(await layerSensitivity(model, lrpQvit, operands));
  const both = settings.some(isTied) ? await costOf("both") : null;
  const weights = settings.every(isTied) ? null : await costOf("weights");
  const withoutWeights = new Set(model.graph.nodes.filter(({ op }) => !sitesOf(op).includes("weight")).map(({ name }) => name));
  return settings.map((widths) => {
    const cost = isTied(widths) ? both : weights;
    if (!cost) throw new Error("internal: a setting was not measured");
    const isFixed = (layer: string) => !isTied(widths) && withoutWeights.has(layer);
    return allocateBits(model.graph, widths, (layer, bits) => (isFixed(layer) ? 0 : cost(layer, bits)));
  });
}
