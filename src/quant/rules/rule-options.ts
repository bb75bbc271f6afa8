/** What a user's rule may ask for at a place beside bits: which schemes and granularities make sense there, and who chooses their ranges. */
import type { Site } from "../../graph/quantizer.ts";
import { gridMse } from "../observers/grid-mse.ts";
import type { Observer } from "../observers/observer.ts";
import { percentileMse, REPQ_PERCENTILES } from "../observers/percentile-mse.ts";
import { sulqSearch } from "../observers/sulq-search.ts";
import { unitRange } from "../observers/unit-range.ts";
import type { Granularity } from "../granularity.ts";
import type { Recipe, SiteRule } from "../recipes/recipe.ts";
import { schemeOf, type SchemeName } from "../schemes/index.ts";
import { isConvolved, isPostGelu, isStretched, type Place } from "../sites.ts";
import type { SiteOption } from "./recipe-site.ts";
import { EVEN, GELU, PROBABILITIES } from "./rule-schemes.ts";

const PER_TENSOR: readonly Granularity[] = ["per tensor"];

const GRANULARITIES: Readonly<Record<Site, readonly Granularity[]>> = {
  weight: ["per tensor", "per row"],
  input: ["per tensor", "per column"],
  query: ["per tensor", "per head"],
  key: ["per tensor", "per head"],
  probabilities: ["per tensor"],
  value: ["per tensor", "per head", "per column"],
};

/** What a rule may ask for at a place, the recipe's own choice among it. */
export function optionsAt(place: Place, own: SiteRule, { steps = [], passes }: Pick<Recipe, "steps" | "passes">): readonly SiteOption[] {
  const known = schemesAt(place);
  const granularities = isConvolved(place) ? PER_TENSOR : [...new Set([own.granularity, ...GRANULARITIES[place.site]])];
  // Schemes with levels of their own have one quantizer; what a step fits itself (free levels) stays as the recipe has it.
  const schemes = [...new Set([own.scheme, ...known])];
  return schemes.flatMap((scheme) =>
    (EVEN.includes(scheme) ? granularities : scheme === own.scheme ? [own.granularity] : PER_TENSOR).map((granularity) => {
      const isOwn = scheme === own.scheme && granularity === own.granularity;
      const refusing = isOwn ? undefined : [...steps, ...passes].find(({ accepts }) => accepts?.(place, { scheme, granularity }) === false);
      return { scheme, granularity, refusedBy: refusing?.stage ?? null };
    }),
  );
}

function schemesAt(place: Place): readonly SchemeName[] {
  // Steps of single rows come from the plain softmax.
  if (isStretched(place)) return PROBABILITIES.filter((scheme) => !schemeOf({ scheme }).perRow);
  if (place.site === "probabilities") return PROBABILITIES;
  return isPostGelu(place) ? GELU : EVEN;
}

const repq = percentileMse(REPQ_PERCENTILES);
const search = gridMse();
/** Where a rule changes the scheme: as the recipes that have it choose ranges. */
const OBSERVERS: Partial<Record<SchemeName, Observer>> = {
  sulq: sulqSearch,
  demax: unitRange,
  tan: search,
  adalog: search,
  "adalog-shifted": search,
  "twin-softmax": search,
  "twin-gelu": search,
};

export function observerFor(scheme: SchemeName, own: Pick<SiteRule, "scheme" | "observer">): Observer {
  const isAlike = scheme === own.scheme || (EVEN.includes(scheme) && EVEN.includes(own.scheme));
  return isAlike ? own.observer : (OBSERVERS[scheme] ?? repq);
}
