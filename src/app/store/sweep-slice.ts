import type { QuantizeRequest } from "../../runner/comparison.ts";
import { cellName, type Contestant } from "../../runner/sweep/contestant.ts";
import type { SweepRow } from "../../runner/sweep/sweep.ts";
import type { SweepFloat, SweepNews } from "../worker/diagnosis-api.ts";
import type { SetSlice } from "./set-slice.ts";

/** Which recipes and bit settings a sweep runs: "4/4", "8/8/4" as in `bitSettingName`. */
export interface SweepAxes {
  readonly recipes: readonly string[];
  readonly bits: readonly string[];
  /** Whether the set recipe runs with its rules too, where it has some. */
  readonly withRules: boolean;
}

export const FIRST_AXES: SweepAxes = { recipes: ["min-max", "repq-vit"], bits: ["8/8", "6/6", "4/4"], withRules: true };

/** Recipes as they are, and the set one with its rules. */
export function contestantsOf({ recipes, withRules }: SweepAxes, { recipe, rules = [] }: QuantizeRequest): readonly Contestant[] {
  return [...recipes.map((name) => ({ recipe: name })), ...(withRules && rules.length > 0 ? [{ recipe, rules }] : [])];
}

export interface SweepSlice {
  readonly sweepAxes: SweepAxes;
  /** null until the float model has run. */
  readonly sweepFloat: SweepFloat | null;
  /** Every run on the open model and images, also of earlier sweeps. */
  readonly sweepRows: readonly SweepRow[];
  setSweepAxes(axes: Partial<SweepAxes>): void;
  addSweepNews(news: SweepNews): void;
}

/** Without runs: what another model or other images leave. */
export const NO_SWEEP = { sweepFloat: null, sweepRows: [] } as const;

export function sweepSlice(set: SetSlice<SweepSlice>): SweepSlice {
  return {
    sweepAxes: FIRST_AXES,
    ...NO_SWEEP,
    setSweepAxes: (axes) => set((state) => ({ sweepAxes: { ...state.sweepAxes, ...axes } })),
    addSweepNews: (news) =>
      set(({ sweepRows }) => {
        if ("float" in news) return { sweepFloat: news.float };
        const name = cellName(news.row, news.row.bits);
        return { sweepRows: [...sweepRows.filter((row) => cellName(row, row.bits) !== name), news.row] };
      }),
  };
}
