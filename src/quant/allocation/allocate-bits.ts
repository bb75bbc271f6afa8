/**
 * Bits by layer at the cost of a uniform model: at most its weight bytes and at most its bit operations. This is what "4 bits on average" means here;
 * every layer takes part, the classifier included, and the image that the patch embedding reads keeps its 8 bits on both sides of the comparison.
 */
import type { Graph } from "../../graph/graph.ts";
import type { BitWidths, LayerBits } from "../bits.ts";
import { isPatchInput } from "../sites.ts";
import { allocateExact } from "./allocate-exact.ts";
import { layerCosts } from "./bit-costs.ts";
import { layerOptions, uniformBudget } from "./layer-options.ts";

const IMAGE_BITS = 8;

/** The codes of images are bytes: the first layer reads these. */
export function pinnedBits(graph: Graph): LayerBits {
  const first = graph.nodes.filter((node) => node.op === "Gemm" && isPatchInput({ graph, node, site: "input" }));
  return Object.fromEntries(first.map(({ name }) => [name, { activations: IMAGE_BITS }]));
}

/** Where weights and activations are asked for with the same bits, both get a layer's bits (as in LRP-QViT); else only weights are chosen. */
export function isTied({ weights, activations }: BitWidths): boolean {
  return weights === activations;
}

/** `cost` of a layer at a width, lower is better. Widths that are not stored (5 and 7) are reached on average. `candidates`: default all that are stored. */
export function allocateBits(
  graph: Graph,
  widths: BitWidths,
  cost: (layer: string, bits: number) => number,
  candidates?: readonly number[],
): LayerBits {
  const layers = layerCosts(graph);
  const pinned = pinnedBits(graph);
  const options = layerOptions(layers, { activations: isTied(widths) ? "tied" : widths.activations, pinned, cost, candidates });
  const { assignment } = allocateExact(options, uniformBudget(layers, widths, pinned));
  const withWeights = new Set(layers.filter(({ parameters }) => parameters > 0).map(({ name }) => name));
  return Object.fromEntries(
    Object.entries(assignment).map(([name, bits]) => [name, withWeights.has(name) ? bits : { activations: bits.activations }]),
  );
}
