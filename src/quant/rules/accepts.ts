import type { Place } from "../sites.ts";
import type { SiteSetting } from "./layer-rule.ts";

/** Whether a part of a method works with a scheme and granularity at a place that are not the recipe's own. */
export type Accepts = (place: Place, setting: Omit<SiteSetting, "bits">) => boolean;

/** Of parts that fold the factors of channels away, which takes a zero point for each of them. */
export const acceptsFolding: Accepts = ({ site }, { scheme, granularity }) =>
  site !== "input" || granularity !== "per column" || scheme === "uniform";

/** Of parts that choose the grid of weights themselves. */
export const acceptsOwnWeights: Accepts = ({ site }) => site !== "weight";
