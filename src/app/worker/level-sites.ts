/** The places of a quantized model whose levels the page can draw, and what one of them does to real values. */
import { blockPlaces } from "../../graph/blocks.ts";
import type { Graph, Node } from "../../graph/graph.ts";
import { optionalSitesOf, sitesOf } from "../../graph/ops.ts";
import type { Quantizer, Site } from "../../graph/quantizer.ts";
import { channelsOf } from "../../quant/observers/channels.ts";
import { histogramOf } from "../../quant/observers/histogram.ts";
import { schemeOf } from "../../quant/schemes/index.ts";
import { isNormInput, isPatchInput, isPostGelu, isPostLayerNorm, isScores, placeName, readSite, type Place } from "../../quant/sites.ts";
import { InputError } from "../../tensor/input-error.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { LevelSite, SiteLevels } from "./lab-api.ts";

interface QuantizedPlace extends Place {
  readonly quantizer: Quantizer;
}

/** Every quantized activation, in the order of the graph. */
export function levelSites(graph: Graph): LevelSite[] {
  const placeOf = blockPlaces(graph.nodes.map(({ name }) => name));
  return quantizedPlaces(graph).map((place) => {
    const { node, site, quantizer } = place;
    const { block, role } = placeOf(node.name);
    const entries = quantizer.scale.length;
    const scheme = schemeOf(quantizer).label;
    return { id: placeName(node, site), block, title: titleOf(place, role), scheme, bits: quantizer.bits, part: partOf(place), entries };
  });
}

/** `valueOf`: values of this graph on one image, [1, ...], nothing rounded. */
export function siteLevels(
  graph: Graph,
  id: string,
  entry: number,
  valueOf: (name: string) => Tensor,
): Pick<SiteLevels, "histogram" | "codebook" | "axis"> {
  const place = quantizedPlaces(graph).find(({ node, site }) => placeName(node, site) === id);
  if (!place || entry < 0 || entry >= place.quantizer.scale.length) throw unknownSite(id);
  const { node, site, quantizer } = place;
  const x = readSite(node, node.inputs.map(valueOf), site);
  const entries = quantizer.scale.length;
  const values = entries === 1 ? x.data : channelsOf(x, quantizer.axis, entries)[entry];
  const { centres, counts } = histogramOf(values, quantizer.bits);
  return {
    histogram: { centres, counts },
    codebook: codebookOf(entryOf(quantizer, entry)),
    axis: site === "probabilities" ? "log" : "linear",
  };
}

export function unknownSite(id: string): InputError {
  return new InputError("LEVELS_GONE", {
    what: `The levels of ${id} cannot be shown.`,
    why: "The engine holds the models of its last run only, and this place is not among them.",
    next: "Quantize and compare again.",
  });
}

function quantizedPlaces(graph: Graph): QuantizedPlace[] {
  return graph.nodes.flatMap((node) =>
    [...sitesOf(node.op), ...optionalSitesOf(node.op)].flatMap((site: Site) => {
      const quantizer = node.quantizers?.[site];
      return quantizer && site !== "weight" ? [{ graph, node, site, quantizer }] : [];
    }),
  );
}

/** One entry as a quantizer of its own. */
function entryOf(quantizer: Quantizer, entry: number): Quantizer {
  const { scale, zeroPoint } = quantizer;
  return { ...quantizer, axis: null, scale: scale.slice(entry, entry + 1), zeroPoint: zeroPoint.slice(entry, entry + 1) };
}

/** null: levels differ from row to row, or (as-published, with a fractional zero point) are no integers and have no table. */
function codebookOf(quantizer: Quantizer): SiteLevels["codebook"] {
  const scheme = schemeOf(quantizer);
  if (!scheme.codebook || !quantizer.zeroPoint.every(Number.isInteger)) return null;
  const { thresholds, ascending, decode, zeroCode } = scheme.codebook(quantizer);
  return { thresholds, ascending, decode, zeroCode };
}

function partOf({ graph, node, site, quantizer }: QuantizedPlace): LevelSite["part"] {
  const { axis, scale } = quantizer;
  if (schemeOf(quantizer).perRow) return "row";
  if (scale.length === 1 || axis === null) return null;
  if (axis === -2) return "token";
  const width = graph.shapes[node.inputs[site === "value" ? 1 : 0]].at(-1) ?? 0;
  const columns = site === "query" || site === "key" || site === "value" ? width / 3 : width;
  return scale.length === columns ? "channel" : "head";
}

/** The node as if it read what an Affine before it reads: a recipe's factors are no other tensor to a person. */
function withoutAffine(graph: Graph, node: Node): Node {
  const producer = graph.nodes.find(({ name }) => name === node.inputs[0]);
  return producer?.op === "Affine" ? withoutAffine(graph, { ...node, inputs: [producer.inputs[0], ...node.inputs.slice(1)] }) : node;
}

const OPERANDS = { probabilities: "attention probabilities", query: "queries", key: "keys", value: "values" } as const;

function titleOf({ graph, node, site }: Place, role: string): string {
  const place = { graph, node: withoutAffine(graph, node), site };
  if (site !== "input" && site !== "weight") return OPERANDS[site];
  if (isScores(place)) return "attention scores";
  if (isNormInput(place) || node.op === "Add") return `residual stream, read by ${role}`;
  if (isPatchInput(place)) return "image patches";
  if (isPostGelu(place)) return "GELU output";
  if (isPostLayerNorm(place)) return `LayerNorm output, read by ${role}`;
  return `input of ${role}`;
}
