import type { Preprocessing } from "../../images/preprocessing.ts";

export interface PreprocessingDifference {
  readonly name: string;
  readonly stated: string;
  readonly chosen: string;
}

const RESIZE = { shortest: "shorter side, then crop", squash: "both sides squashed", none: "none" } as const;

/** What a choice changes of the model's own preprocessing, in words. */
export function preprocessingDifferences(stated: Preprocessing, chosen: Preprocessing): readonly PreprocessingDifference[] {
  const rows = [
    ["resize", RESIZE[stated.resize], RESIZE[chosen.resize]],
    ["resized to", `${stated.size} pixels`, `${chosen.size} pixels`],
    ["filter", stated.interpolation, chosen.interpolation],
    ["mean", stated.mean.join(" "), chosen.mean.join(" ")],
    ["deviation", stated.std.join(" "), chosen.std.join(" ")],
  ] as const;
  return rows.filter(([, was, is]) => was !== is).map(([name, was, is]) => ({ name, stated: was, chosen: is }));
}
