import { median } from "../../metrics/median.ts";
import type { LayerError } from "../../runner/comparison.ts";
import type { LabSide, LevelSite } from "../worker/lab-api.ts";
import { argmaxOfRow, markOf, rowCount } from "./predictions.ts";

/** What one quantized model has otherwise than another of the same float model, and what came of it. */
export interface RecipeChanges {
  /** Predictions; null for models that give features. */
  readonly predictions: {
    readonly total: number;
    /** That the other changes, and of these what this one keeps. */
    readonly otherLost: number;
    readonly rescued: number;
    /** That only this one changes. */
    readonly newlyLost: number;
  } | null;
  /** Kinds of tensors with other levels. */
  readonly levels: readonly LevelChange[];
  /** The kind of layer whose signal-to-noise ratio rises most, median over its layers; null where none rises. */
  readonly clearest: { readonly role: string; readonly sqnrDb: number; readonly otherDb: number } | null;
}

export interface LevelChange {
  /** "attention probabilities" */
  readonly title: string;
  /** Tensors of the kind. */
  readonly count: number;
  /** "4-bit log √2", "4-bit uniform, one grid per channel"; null where it stays float. */
  readonly now: string | null;
  readonly other: string | null;
}

export function recipeChanges(shown: LabSide, other: LabSide): RecipeChanges {
  return {
    predictions: shown.quality.features ? null : predictionChanges(shown, other),
    levels: levelChanges(shown.sites, other.sites),
    clearest: clearestGain(shown.layers, other.layers),
  };
}

function predictionChanges(shown: LabSide, other: LabSide): NonNullable<RecipeChanges["predictions"]> {
  const { classes, floatLogits } = shown;
  const total = rowCount(floatLogits, classes);
  let [otherLost, rescued, newlyLost] = [0, 0, 0];
  for (let row = 0; row < total; row++) {
    const [float, now, before] = [floatLogits, shown.quantizedLogits, other.quantizedLogits].map((logits) =>
      argmaxOfRow(logits, classes, row),
    );
    if (before !== float) otherLost++;
    if (markOf(float, now, before) === "rescued") rescued++;
    if (now !== float && before === float) newlyLost++;
  }
  return { total, otherLost, rescued, newlyLost };
}

function levelChanges(now: readonly LevelSite[], other: readonly LevelSite[]): LevelChange[] {
  const titles = [...new Set([...now, ...other].map(({ title }) => title))];
  return titles.flatMap((title): LevelChange[] => {
    const [here, there] = [now, other].map((sites) => sites.filter((site) => site.title === title));
    const [a, b] = [textOf(here), textOf(there)];
    return a === b ? [] : [{ title, count: Math.max(here.length, there.length), now: a, other: b }];
  });
}

/** The levels of tensors of a kind; where they differ among themselves, all that there are. */
function textOf(sites: readonly LevelSite[]): string | null {
  const texts = [...new Set(sites.map(({ bits, scheme, part }) => `${bits}-bit ${scheme}${PARTS[part ?? "tensor"]}`))];
  return texts.length === 0 ? null : texts.join(" or ");
}

const PARTS = {
  tensor: "",
  row: ", fitted to each row",
  channel: ", one grid per channel",
  head: ", one grid per head",
  token: ", one grid per token",
} as const;

function clearestGain(now: readonly LayerError[], other: readonly LayerError[]): RecipeChanges["clearest"] {
  const gains = [...new Set(now.map(({ role }) => role))].flatMap((role) => {
    const [sqnrDb, otherDb] = [now, other].map((layers) =>
      median(layers.filter((layer) => layer.role === role).map((layer) => layer.sqnrDb)),
    );
    return Number.isFinite(sqnrDb - otherDb) ? [{ role, sqnrDb, otherDb }] : [];
  });
  const gainOf = (one: { sqnrDb: number; otherDb: number }) => one.sqnrDb - one.otherDb;
  const best = gains.reduce<RecipeChanges["clearest"]>((most, one) => (most === null || gainOf(one) > gainOf(most) ? one : most), null);
  return best !== null && gainOf(best) >= 0.1 ? best : null;
}
