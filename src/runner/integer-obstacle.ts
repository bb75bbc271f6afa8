import type { Graph, Node } from "../graph/graph.ts";
import { windowsOf } from "../graph/ops.ts";
import type { Quantizer, Site } from "../graph/quantizer.ts";
import { schemeOf } from "../quant/schemes/index.ts";
import { factorGrid } from "../quant/schemes/power-of-two-factor.ts";
import { isUniform } from "./pack-weights.ts";

/** Why a quantized graph cannot run as b-bit integers, or null when it can. */
export function integerObstacle(graph: Graph): string | null {
  for (const node of graph.nodes) {
    for (const [site, quantizer] of Object.entries(node.quantizers ?? {})) {
      const obstacle = levelsObstacle(quantizer) ?? gridObstacle(node, site as Site, quantizer);
      if (obstacle) return `${node.name}.${site} has ${obstacle}`;
    }
  }
  return null;
}

/** How a quantized graph runs: in integers where it can. */
export function modeOf(graph: Graph): "integer" | "simulated" {
  return integerObstacle(graph) === null ? "integer" : "simulated";
}

function levelsObstacle(quantizer: Quantizer): string | null {
  const { zeroPoint, bits } = quantizer;
  if (zeroPoint.some((zero) => !Number.isInteger(zero))) return "a fractional zero point";
  const scheme = schemeOf(quantizer);
  if (isUniform(quantizer) || scheme.perRow) return null;
  const book = scheme.codebook?.(quantizer);
  if (!book?.shifts) return "levels that are no integers";
  return book.decode.length > 2 ** bits ? `2^${bits} + ${book.decode.length - 2 ** bits} levels` : null;
}

/** Sums of products run in integers where both factors keep their scale along the sum. */
function gridObstacle(node: Node, site: Site, quantizer: Quantizer): string | null {
  const entries = quantizer.scale.length;
  if (site === "weight") return weightObstacle(node, quantizer);
  if (factorGrid(quantizer) !== null) return null;
  const isOperand = site === "query" || site === "key" || site === "value";
  if (isOperand && !isUniform(quantizer)) return "no uniform codes";
  if (entries === 1) return null;
  const { numHeads } = node.attributes;
  switch (site) {
    case "query":
    case "key":
      if (quantizer.axis === -2 && windowsOf(node) > 1) return "one scale per token in windows";
      return quantizer.axis === -1 && typeof numHeads === "number" && numHeads % entries !== 0 ? "one scale per channel" : null;
    case "value":
      return quantizer.axis === -2 ? "one scale per token" : null;
    case "input":
      return quantizer.axis === -2 && isUniform(quantizer) ? null : "one scale per channel";
    default:
      return "more than one scale";
  }
}

/** Weights are uniform, row by row or in groups along K that end at whole words of four codes. */
function weightObstacle({ op, weights }: Node, quantizer: Quantizer): string | null {
  const [n, k] = weights.weight.shape;
  if (!isUniform(quantizer)) return "no uniform codes";
  if (quantizer.scale.length === 1) return null;
  const groups = quantizer.scale.length / n;
  if (quantizer.axis !== 0 || !Number.isInteger(groups)) return "one scale per input";
  const fits = groups === 1 || (op === "Gemm" && k % (4 * groups) === 0);
  return fits ? null : `groups of ${k / groups} inputs, no multiple of four`;
}
