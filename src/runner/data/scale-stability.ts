/** How much quantizer scales depend on which images calibrated: the same recipe on two disjoint halves. */
import type { Graph } from "../../graph/graph.ts";
import { optionalSitesOf, sitesOf } from "../../graph/ops.ts";
import { placeName } from "../../quant/sites.ts";

export interface SiteSpread {
  /** "blocks.3.attn.qkv.input". */
  readonly id: string;
  /** Largest ratio between the two scales over the site's quantizers, less one: 0.1 means that a scale differs by a tenth. */
  readonly spread: number;
  /** Mean scales of the two halves. */
  readonly first: number;
  readonly second: number;
}

export interface Stability {
  /** Images in each half. */
  readonly halfCount: number;
  /** Quantized activations, the least stable first. */
  readonly sites: readonly SiteSpread[];
  readonly medianSpread: number;
}

/** Activation sites of two models of the same graph and recipe. Weights do not depend on images and are left out. */
export function scaleSpreads(first: Graph, second: Graph): readonly SiteSpread[] {
  const others = new Map(second.nodes.map((node) => [node.name, node]));
  const found: SiteSpread[] = [];
  for (const node of first.nodes) {
    for (const site of [...sitesOf(node.op), ...optionalSitesOf(node.op)]) {
      const [a, b] = [node.quantizers?.[site], others.get(node.name)?.quantizers?.[site]];
      if (site === "weight" || !a || !b || a.scale.length === 0 || a.scale.length !== b.scale.length) continue;
      const ratios = Array.from(a.scale, (scale, i) => Math.max(scale / b.scale[i], b.scale[i] / scale) - 1);
      found.push({ id: placeName(node, site), spread: Math.max(...ratios), first: meanOf(a.scale), second: meanOf(b.scale) });
    }
  }
  return found.toSorted((x, y) => y.spread - x.spread);
}

export function medianSpread(sites: readonly SiteSpread[]): number {
  if (sites.length === 0) return 0;
  const middle = sites.length >> 1; // sites are sorted
  return sites.length % 2 === 1 ? sites[middle].spread : (sites[middle - 1].spread + sites[middle].spread) / 2;
}

function meanOf(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
