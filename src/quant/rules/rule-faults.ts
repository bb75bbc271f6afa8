/** Rules that a model or its recipe cannot follow, found before anything is calibrated. */
import { ruleMatches, settingAt, type LayerRule } from "./layer-rule.ts";
import type { RecipeSite } from "./recipe-site.ts";

export interface RuleFault {
  /** Index into the rules. */
  readonly rule: number;
  readonly what: string;
  readonly why: string;
}

/** At most one fault for each rule. Pure: the page asks at every keystroke. */
export function ruleFaults(sites: readonly RecipeSite[], rules: readonly LayerRule[], range = { lowest: 2, highest: 8 }): RuleFault[] {
  return rules.flatMap((rule, index) => {
    const fault = unmatched(sites, rule) ?? outside(rule, range) ?? refused(sites, rules, rule);
    return fault === null ? [] : [{ rule: index, ...fault }];
  });
}

type Fault = Omit<RuleFault, "rule">;

function unmatched(sites: readonly RecipeSite[], rule: LayerRule): Fault | null {
  const misspelt = rule.where.find((where) => !sites.some((site) => ruleMatches({ where: [where] }, site)));
  if (misspelt !== undefined) {
    const known = [...new Set(sites.map(({ layer }) => layer))].slice(0, 4).join(", ");
    return {
      what: `"${misspelt}" is the name of no layer here.`,
      why: `Layers are called ${known} and so on; * stands for any characters.`,
    };
  }
  const matching = sites.filter((site) => ruleMatches(rule, site));
  if (matching.length === 0)
    return {
      what: "the layers have no such role.",
      why: "Products of attention have no weights, and other layers no queries, keys, probabilities or values.",
    };
  return matching.every(({ own }) => own === null)
    ? { what: "the recipe leaves these in float.", why: "A rule changes what a recipe quantizes." }
    : null;
}

function outside({ bits }: LayerRule, { lowest, highest }: { readonly lowest: number; readonly highest: number }): Fault | null {
  if (bits === undefined || (bits >= lowest && bits <= highest)) return null;
  return { what: `${bits} bits are asked for.`, why: `The method is defined for ${lowest} to ${highest}.` };
}

function refused(sites: readonly RecipeSite[], rules: readonly LayerRule[], rule: LayerRule): Fault | null {
  if (rule.scheme === undefined && rule.granularity === undefined) return null;
  for (const site of sites) {
    if (site.own === null || !ruleMatches(rule, site)) continue;
    const { scheme, granularity } = settingAt(rules, site, { ...site.own, bits: 0 });
    const asked = `${scheme}, ${granularity}`;
    const place = `${site.layer}, ${site.site}`;
    const option = site.options.find((one) => one.scheme === scheme && one.granularity === granularity);
    if (option === undefined) {
      const names = [...new Set(site.options.map((one) => `${one.scheme}, ${one.granularity}`))].join("; ");
      return { what: `${asked} does not fit ${place}.`, why: `Possible there: ${names}.` };
    }
    if (option.refusedBy !== null)
      return {
        what: `${asked} at ${place} contradicts the method.`,
        why: `Its step "${option.refusedBy}" needs ${site.own.scheme}, ${site.own.granularity} there, or sets it itself.`,
      };
  }
  return null;
}
