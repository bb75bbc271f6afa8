import type { LayerRule } from "../../quant/rules/layer-rule.ts";
import { siteSetting, type RecipeSite } from "../../quant/rules/recipe-site.ts";
import { clearBits, excludeCells, setBits } from "../../quant/rules/set-bits.ts";
import type { QuantizeRequest } from "../../runner/comparison.ts";
import { widthsOf, type BitCell } from "./bit-grid.ts";

/** Bits, or the recipe's own settings. */
export type Brush = number | "own";

/** The rules after painting cells. Where the rules behind give the same bits already, none is written. What the recipe leaves in float stays so. */
export function paintCells(
  sites: readonly RecipeSite[],
  request: QuantizeRequest,
  cells: readonly BitCell[],
  brush: Brush,
): readonly LayerRule[] {
  const layers = [...new Set(sites.map(({ layer }) => layer))];
  let rules = request.rules ?? [];
  for (const { layer, sites: painted, bits } of cells) {
    if (bits === null) continue;
    const cell = { layers: [layer], sites: painted };
    if (brush === "own") {
      rules = excludeCells(rules, cell, layers);
      continue;
    }
    const cleared = clearBits(rules, cell);
    const behind = sites
      .filter((site) => site.layer === layer && painted.includes(site.site))
      .map((site) => siteSetting(site, widthsOf(request), cleared)?.bits);
    rules = behind.every((one) => one === undefined || one === brush) ? cleared : setBits(rules, cell, brush);
  }
  return rules;
}
