import { auditLabels } from "../../runner/data/audit-labels.ts";
import type { LabelAudit } from "../../runner/data/audit-labels.ts";
import type { GivenImage, ImageSet, ImageUse, LabComparison } from "../worker/lab-api.ts";
import { argmaxOfRow } from "./predictions.ts";

export type UseFilter = "all" | "calibration" | "evaluation" | "unused";

/** An image and its place among those given. */
export interface DataRow extends GivenImage {
  readonly index: number;
}

export function dataRows(items: readonly GivenImage[], filter: UseFilter, search: string): readonly DataRow[] {
  const wanted = search.trim().toLowerCase();
  return items
    .map((item, index) => ({ ...item, index }))
    .filter(({ use, name }) => isUsed(use, filter) && (wanted === "" || name.toLowerCase().includes(wanted)));
}

export function countUses(items: readonly GivenImage[]): Readonly<Record<UseFilter | "skipped", number>> {
  const count = (wanted: (use: ImageUse) => boolean): number => items.reduce((sum, { use }) => sum + (wanted(use) ? 1 : 0), 0);
  return {
    all: items.length,
    calibration: count((use) => isUsed(use, "calibration")),
    evaluation: count((use) => isUsed(use, "evaluation")),
    unused: count((use) => use === "unused"),
    skipped: count((use) => use === "skipped"),
  };
}

function isUsed(use: ImageUse, filter: UseFilter): boolean {
  if (filter === "all" || use === filter) return true;
  return use === "both" && filter !== "unused";
}

/** What the float model says about the labels, once it has run; null before, and without labels. */
export function labelAudit(result: LabComparison | null, images: ImageSet): LabelAudit | null {
  if (result === null) return null;
  const { floatLogits, classes } = result.main;
  const pairs = images.evaluation.flatMap(({ label }, row) =>
    label === null ? [] : [[argmaxOfRow(floatLogits, classes, row), label] as const],
  );
  if (pairs.length === 0) return null;
  return auditLabels(
    pairs.map(([predicted]) => predicted),
    pairs.map(([, label]) => label),
  );
}
