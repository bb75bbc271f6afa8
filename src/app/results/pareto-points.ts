import { paretoFront } from "../../runner/sweep/pareto.ts";
import type { SweepRow } from "../../runner/sweep/sweep.ts";

export interface ParetoPoint {
  /** "RepQ-ViT 4/4" */
  readonly label: string;
  readonly recipe: string;
  readonly recipeLabel: string;
  /** "4/4"; "float" for the float model. */
  readonly bits: string;
  /** Bytes or milliseconds. */
  readonly cost: number;
  /** KL divergence from the float model, nats; 0 for itself. */
  readonly error: number;
  readonly agreement: number;
  readonly isFront: boolean;
  readonly isFloat: boolean;
}

export interface ParetoView {
  readonly cost: "bytes" | "ms";
  /** The float model first, then runs in the order of the rows. */
  readonly points: readonly ParetoPoint[];
  /** Every recipe once, in order of appearance: each has a sign of its own. */
  readonly recipes: readonly { readonly name: string; readonly label: string }[];
}

export function paretoView(
  rows: readonly SweepRow[],
  float: { readonly floatBytes: number; readonly floatMs: number } | null,
  cost: ParetoView["cost"],
): ParetoView {
  const runs = rows.map((row) => ({
    label: `${row.label} ${row.bits}`,
    recipe: row.recipe,
    recipeLabel: row.label,
    bits: row.bits,
    cost: cost === "bytes" ? row.quantizedBytes : row.elapsedMs,
    error: Math.max(0, row.quality.klDivergence),
    agreement: row.quality.top1Agreement,
    isFloat: false,
  }));
  const exact = {
    label: "float",
    recipe: "",
    recipeLabel: "float",
    bits: "float",
    cost: cost === "bytes" ? (float?.floatBytes ?? 0) : (float?.floatMs ?? 0),
    error: 0,
    agreement: 1,
    isFloat: true,
  };
  const points = float === null ? runs : [exact, ...runs];
  const front = paretoFront(points);
  return {
    cost,
    points: points.map((point, i) => ({ ...point, isFront: front[i] ?? false })),
    recipes: [...new Map(rows.map(({ recipe, label }) => [recipe, { name: recipe, label }])).values()],
  };
}
