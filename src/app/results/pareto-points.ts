import { paretoFront } from "../../runner/sweep/pareto.ts";
import { cellName } from "../../runner/sweep/contestant.ts";
import type { SweepRow } from "../../runner/sweep/sweep.ts";

export interface ParetoPoint {
  /** "RepQ-ViT 4/4" */
  readonly label: string;
  /** Of the contestant: "RepQ-ViT", "RepQ-ViT, 2 rules". */
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
  /** Every contestant's label once, in order of appearance: each has a sign of its own. */
  readonly recipes: readonly string[];
}

export function paretoView(
  rows: readonly SweepRow[],
  float: { readonly floatBytes: number; readonly floatMs: number } | null,
  cost: ParetoView["cost"],
): ParetoView {
  const labels = labelsOf(rows);
  const runs = rows.map((row, i) => ({
    label: `${labels[i]} ${row.bits}`,
    recipeLabel: labels[i] ?? row.label,
    bits: row.bits,
    cost: cost === "bytes" ? row.quantizedBytes : row.elapsedMs,
    error: Math.max(0, row.quality.klDivergence),
    agreement: row.quality.top1Agreement,
    isFloat: false,
  }));
  const exact = {
    label: "float",
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
    recipes: [...new Set(labels)],
  };
}

/** Each row's contestant: other rules under the same label are counted, "RepQ-ViT, 1 rule (2)". */
function labelsOf(rows: readonly SweepRow[]): readonly string[] {
  const known = new Map<string, string[]>();
  return rows.map((row) => {
    const { label } = row;
    const alike = known.get(label) ?? [];
    known.set(label, alike);
    const name = cellName(row, "");
    if (!alike.includes(name)) alike.push(name);
    const nth = alike.indexOf(name) + 1;
    return nth === 1 ? label : `${label} (${nth})`;
  });
}
