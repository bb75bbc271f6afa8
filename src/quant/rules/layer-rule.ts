/** What a user changes about a recipe: ordered rules over names of layers and roles, on top of whatever the recipe says. */
import type { Site } from "../../graph/quantizer.ts";
import type { Granularity } from "../granularity.ts";
import type { SchemeName } from "../schemes/index.ts";

/** In the order in which a layer reads them. */
export const SITES = ["weight", "input", "query", "key", "probabilities", "value"] as const satisfies readonly Site[];
const ACTIVATIONS: readonly Site[] = SITES.filter((site) => site !== "weight");

/** A site, or all of a layer that are no weights. */
export const RULE_ROLES = [...SITES, "activations"] as const;
export type RuleRole = (typeof RULE_ROLES)[number];

/** How one site is quantized. */
export interface SiteSetting {
  readonly bits: number;
  readonly scheme: SchemeName;
  readonly granularity: Granularity;
}

/** Of each of bits, scheme and granularity, the first rule that matches a site and states it decides; what none states is the recipe's. */
export interface LayerRule {
  /** Names of layers; `*` stands for any run of characters. One that matches is enough. */
  readonly where: readonly string[];
  /** All roles when absent. */
  readonly role?: readonly RuleRole[] | undefined;
  readonly bits?: number | undefined;
  readonly scheme?: SchemeName | undefined;
  readonly granularity?: Granularity | undefined;
}

/** A quantized operand by names. */
export interface SiteName {
  /** Node name: "blocks.3.attn.qkv". */
  readonly layer: string;
  readonly site: Site;
}

export function sitesOfRule({ role }: Pick<LayerRule, "role">): readonly Site[] {
  if (role === undefined) return SITES;
  return SITES.filter((site) => role.includes(site) || (role.includes("activations") && ACTIVATIONS.includes(site)));
}

/** The shortest way to say these sites; undefined for all. */
export function rolesOfSites(sites: readonly Site[]): readonly RuleRole[] | undefined {
  if (SITES.every((site) => sites.includes(site))) return undefined;
  if (!ACTIVATIONS.every((site) => sites.includes(site))) return SITES.filter((site) => sites.includes(site));
  return ["activations"];
}

export function isPattern(where: string): boolean {
  return where.includes("*");
}

export function ruleMatches(rule: LayerRule, { layer, site }: SiteName): boolean {
  return sitesOfRule(rule).includes(site) && rule.where.some((where) => nameMatches(where, layer));
}

/** Where a pattern ends it must fit the end of the name; runs between stars are found from left to right, so that no pattern takes long. */
function nameMatches(pattern: string, name: string): boolean {
  const [first = "", ...parts] = pattern.split("*");
  const last = parts.pop();
  if (last === undefined) return pattern === name;
  if (!name.startsWith(first)) return false;
  let from = first.length;
  for (const part of parts) {
    const found = name.indexOf(part, from);
    if (found < 0) return false;
    from = found + part.length;
  }
  return name.length - last.length >= from && name.endsWith(last);
}

/** The site's setting with the rules on top of the recipe's own. */
export function settingAt(rules: readonly LayerRule[], site: SiteName, own: SiteSetting): SiteSetting {
  const matching = rules.filter((rule) => ruleMatches(rule, site));
  return {
    bits: matching.find(({ bits }) => bits !== undefined)?.bits ?? own.bits,
    scheme: matching.find(({ scheme }) => scheme !== undefined)?.scheme ?? own.scheme,
    granularity: matching.find(({ granularity }) => granularity !== undefined)?.granularity ?? own.granularity,
  };
}

/** The rules as far as they give bits: what another recipe can be compared with at the same cost. */
export function bitRules(rules: readonly LayerRule[]): readonly LayerRule[] {
  return rules.flatMap(({ where, role, bits }) => (bits === undefined ? [] : [{ where, ...(role === undefined ? {} : { role }), bits }]));
}
