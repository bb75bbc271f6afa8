/** Bits written into rules cell by cell: from a painted grid, or from advice about single layers. */
import type { Site } from "../../graph/quantizer.ts";
import type { LayerBits } from "../bits.ts";
import { isPattern, rolesOfSites, ruleMatches, SITES, sitesOfRule, type LayerRule } from "./layer-rule.ts";

/** Sites of layers that get the same bits, every site of every layer. */
export interface Cells {
  readonly layers: readonly string[];
  readonly sites: readonly Site[];
}

interface Stroke extends Cells {
  readonly bits: number;
}

/**
 * The rules with these bits for these cells. Rules written cell by cell (names without stars, bits alone) stand before all others, so that they win, and are
 * kept as few as they can be; the same call again changes nothing.
 */
export function setBits(rules: readonly LayerRule[], cells: Cells, bits: number): readonly LayerRule[] {
  const { strokes, rest } = parted(rules);
  return [...merged([...without(strokes, cells), { ...cells, bits }]).map(ruleOf), ...rest];
}

/** The rules without what `setBits` wrote for these cells. */
export function clearBits(rules: readonly LayerRule[], cells: Cells): readonly LayerRule[] {
  const { strokes, rest } = parted(rules);
  return [...merged(without(strokes, cells)).map(ruleOf), ...rest];
}

/** What was written cell by cell, each cell once, and the rules behind it. */
function parted(rules: readonly LayerRule[]): { readonly strokes: readonly Stroke[]; readonly rest: readonly LayerRule[] } {
  const end = rules.findIndex((rule) => !isStroke(rule));
  const [written, rest] = end < 0 ? [rules, []] : [rules.slice(0, end), rules.slice(end)];
  let strokes: Stroke[] = [];
  // From the last to the first, so that the first wins.
  for (const rule of written.toReversed()) {
    const stroke = { layers: rule.where, sites: sitesOfRule(rule), bits: rule.bits ?? 0 };
    strokes = [stroke, ...without(strokes, stroke)];
  }
  return { strokes, rest };
}

/** The rules so that none reaches these cells: the recipe's own settings hold there again. Patterns that did reach them become names. `layers`: all there are. */
export function excludeCells(rules: readonly LayerRule[], cells: Cells, layers: readonly string[]): readonly LayerRule[] {
  return rules.flatMap((rule) => {
    const sites = sitesOfRule(rule);
    const left = sites.filter((site) => !cells.sites.includes(site));
    const matched = layers.filter((layer) => ruleMatches({ where: rule.where }, { layer, site: "weight" }));
    const shared = matched.filter((layer) => cells.layers.includes(layer));
    if (shared.length === 0 || left.length === sites.length) return [rule];
    return [
      { ...rule, where: matched.filter((layer) => !shared.includes(layer)) },
      { ...rule, where: shared, role: rolesOfSites(left) },
    ].filter((part) => part.where.length > 0 && sitesOfRule(part).length > 0);
  });
}

/** Exceptions by layer as rules, before those that are there. */
export function withLayerBits(rules: readonly LayerRule[], layerBits: LayerBits): readonly LayerRule[] {
  const activations = SITES.filter((site) => site !== "weight");
  let all = rules;
  for (const [layer, bits] of Object.entries(layerBits)) {
    if (bits.weights !== undefined) all = setBits(all, { layers: [layer], sites: ["weight"] }, bits.weights);
    if (bits.activations !== undefined) all = setBits(all, { layers: [layer], sites: activations }, bits.activations);
  }
  return all;
}

function isStroke({ where, bits, scheme, granularity }: LayerRule): boolean {
  return bits !== undefined && scheme === undefined && granularity === undefined && !where.some(isPattern);
}

function without(strokes: readonly Stroke[], { layers, sites }: Cells): Stroke[] {
  return strokes.flatMap((stroke) => {
    const apart = stroke.layers.filter((layer) => !layers.includes(layer));
    const shared = stroke.layers.filter((layer) => layers.includes(layer));
    const left = stroke.sites.filter((site) => !sites.includes(site));
    return [
      { ...stroke, layers: apart },
      { ...stroke, layers: shared, sites: left },
    ].filter((part) => part.layers.length > 0 && part.sites.length > 0);
  });
}

/** One stroke for all layers with the same bits at the same sites, and one for all sites with the same bits in the same layers. */
function merged(strokes: readonly Stroke[]): Stroke[] {
  const byLayer = new Map<string, Stroke>();
  for (const { layers, sites, bits } of strokes) {
    for (const layer of layers) {
      const key = `${layer} ${bits}`;
      byLayer.set(key, { layers: [layer], sites: [...(byLayer.get(key)?.sites ?? []), ...sites], bits });
    }
  }
  const bySites = new Map<string, Stroke>();
  for (const { layers, sites, bits } of byLayer.values()) {
    const ordered = SITES.filter((site) => sites.includes(site));
    const key = `${ordered.join(" ")} ${bits}`;
    bySites.set(key, { layers: [...(bySites.get(key)?.layers ?? []), ...layers], sites: ordered, bits });
  }
  return [...bySites.entries()]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, stroke]) => ({ ...stroke, layers: stroke.layers.toSorted(byName) }));
}

/** Block 10 after block 9. */
function byName(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}

function ruleOf({ layers, sites, bits }: Stroke): LayerRule {
  const role = rolesOfSites(sites);
  return { where: layers, ...(role === undefined ? {} : { role }), bits };
}
