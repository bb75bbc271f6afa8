/** Bits of every operand as a grid of roles x blocks, and of what lies outside the blocks. */
import type { Site } from "../../graph/quantizer.ts";
import type { BitWidths } from "../../quant/bits.ts";
import type { SiteSetting } from "../../quant/rules/layer-rule.ts";
import { siteSetting, type RecipeSite } from "../../quant/rules/recipe-site.ts";
import type { QuantizeRequest } from "../../runner/comparison.ts";
import { changeText } from "./rule-text.ts";

export interface BitCell {
  readonly layer: string;
  /** Painted together: queries and keys. */
  readonly sites: readonly Site[];
  /** null: the recipe leaves it in float. */
  readonly bits: number | null;
  /** True where rules make it something else than the recipe would. */
  readonly isChanged: boolean;
  readonly text: string;
}

export interface BitGrid {
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** [rows][columns]; null where a block has no such role. */
  readonly cells: readonly (readonly (BitCell | null)[])[];
}

export function widthsOf({ weightBits, activationBits, attentionBits }: QuantizeRequest): BitWidths {
  return { weights: weightBits, activations: activationBits, attention: attentionBits };
}

/** Rows are roles in the order they run, columns blocks; outside: rows weights and inputs, columns layers. */
export function bitGrids(sites: readonly RecipeSite[], request: QuantizeRequest): { readonly blocks: BitGrid; readonly outside: BitGrid } {
  const inBlocks = sites.filter(({ block }) => block !== null);
  const others = sites.filter(({ block }) => block === null);
  return {
    blocks: gridOf(inBlocks, request, rowOf, ({ block }) => String(block)),
    outside: gridOf(
      others,
      request,
      ({ site }) => SITE_ROWS[site],
      ({ layer }) => layer,
    ),
  };
}

function gridOf(
  sites: readonly RecipeSite[],
  request: QuantizeRequest,
  rowName: (site: RecipeSite) => string,
  columnName: (site: RecipeSite) => string,
): BitGrid {
  const rows = [...new Set(sites.map(rowName))];
  const columns = [...new Set(sites.map(columnName))];
  const byPlace = new Map<string, RecipeSite[]>();
  for (const site of sites) {
    const key = `${rowName(site)}@${columnName(site)}`;
    byPlace.set(key, [...(byPlace.get(key) ?? []), site]);
  }
  return { rows, columns, cells: rows.map((row) => columns.map((column) => cellOf(byPlace.get(`${row}@${column}`) ?? [], request))) };
}

function cellOf(sites: readonly RecipeSite[], request: QuantizeRequest): BitCell | null {
  const [first] = sites;
  if (first === undefined) return null;
  const settings = sites.map((site) => ({ site, ...settingsOf(site, request) }));
  const bits = settings.flatMap(({ now }) => (now === null ? [] : [now.bits]));
  const texts = settings.map(({ site, now }) => `${site.site} ${now === null ? "in float" : changeText(now)}`);
  const isChanged = settings.some(({ now, own }) => now !== null && own !== null && differs(now, own));
  return {
    layer: first.layer,
    sites: sites.map(({ site }) => site),
    bits: bits.length === 0 ? null : Math.min(...bits),
    isChanged,
    text: `${first.layer}: ${texts.join("; ")}${isChanged ? ", changed by rules" : ""}`,
  };
}

/** With the rules, and without. */
export function settingsOf(
  site: RecipeSite,
  request: QuantizeRequest,
): { readonly now: SiteSetting | null; readonly own: SiteSetting | null } {
  const widths = widthsOf(request);
  return { now: siteSetting(site, widths, request.rules ?? []), own: siteSetting(site, widths, []) };
}

export function differs(a: SiteSetting, b: SiteSetting): boolean {
  return a.bits !== b.bits || a.scheme !== b.scheme || a.granularity !== b.granularity;
}

const SITE_ROWS: Readonly<Record<Site, string>> = {
  weight: "weights",
  input: "input",
  query: "q and k",
  key: "q and k",
  probabilities: "softmax",
  value: "v",
};

/** "qkv weights", "fc2 input", "q and k", "softmax". */
export function rowOf({ part, site }: Pick<RecipeSite, "part" | "site">): string {
  return site === "weight" || site === "input" ? `${part.split(".").at(-1)} ${SITE_ROWS[site]}` : SITE_ROWS[site];
}
