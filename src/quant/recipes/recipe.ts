import type { Pass } from "../passes/pass.ts";
import type { Observer } from "../observers/observer.ts";
import type { SchemeName } from "../schemes/index.ts";
import type { Place } from "../sites.ts";

/** How the sites that `where` selects are quantized. */
export interface SiteRule {
  readonly where: (place: Place) => boolean;
  readonly scheme: SchemeName;
  /** "weights" and "activations" are the bits that the user asks for. */
  readonly bits: "weights" | "activations" | number;
  /** per row: one quantizer per output channel of a weight; per column: one per channel of an activation. */
  readonly granularity: "per tensor" | "per row" | "per column";
  readonly observer: Observer;
}

/** A published method as data: what is observed how, then which passes change the graph. Reads like the paper's method section. */
export interface Recipe {
  readonly name: string;
  readonly label: string;
  /** Where it was published; null for folklore. */
  readonly paper: string | null;
  /** One or two sentences for somebody who has not read the paper. */
  readonly description: string;
  /** Calibration uses this many images, the first ones given. */
  readonly calibrationImages: number;
  /** sequential: each range is measured on inputs that the layers before have already degraded; parallel: on the float model. */
  readonly order: "sequential" | "parallel";
  /** The first rule that matches a site decides; a site without a rule stays float. */
  readonly rules: readonly SiteRule[];
  /** Applied in order after observation. */
  readonly passes: readonly Pass[];
}
