/** One row of a report against the same row of an earlier one. */
import type { SpeedRow, SpeedRun } from "./schema.ts";

export interface BaselineOptions {
  /** 1.15: up to 15 % slower is accepted. */
  readonly maxSlowdown: number;
  /** Share of the baseline's cosine with the float reference that must be kept. */
  readonly minAgreement: number;
}

export interface PlacedRow {
  readonly run: SpeedRun;
  readonly row: SpeedRow;
}

export function isSoftware({ adapter }: SpeedRun): boolean {
  return adapter?.isSoftware === true;
}

/** Empty when the row is as good as before. */
export function faultsOf(now: PlacedRow, then: PlacedRow, { maxSlowdown, minAgreement }: BaselineOptions): string[] {
  if (!now.row.warm) return [`was measured in the baseline and is left out now: ${now.row.reason ?? "no reason given"}`];
  const faults: string[] = [];
  const cost = costOf(now);
  const former = costOf(then);
  if (cost === null || former === null) faults.push("CPU seconds were not read, and milliseconds of a software adapter are not compared");
  else if (!(cost <= former * maxSlowdown)) {
    faults.push(`${figure(now)}, was ${figure(then)}: ${(cost / former).toFixed(2)} times, ${maxSlowdown} is allowed`);
  }
  const agreement = now.row.agreement?.cosine ?? 0;
  const least = (then.row.agreement?.cosine ?? 1) * minAgreement;
  if (!(agreement >= least))
    faults.push(`cosine with the float reference ${agreement.toFixed(4)}, at least ${least.toFixed(4)} is asked for`);
  return faults;
}

function costOf({ run, row }: PlacedRow): number | null {
  if (!row.warm) return null;
  return isSoftware(run) ? (row.warm.cpuSeconds?.total ?? null) : row.warm.medianMs;
}

export function figure(placed: PlacedRow): string {
  const cost = costOf(placed);
  if (cost === null) return "not measured";
  return isSoftware(placed.run) ? `${cost.toFixed(2)} CPU-s` : `${cost.toFixed(2)} ms`;
}
