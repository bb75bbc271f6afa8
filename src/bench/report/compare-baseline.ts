/** A report against an earlier one: what a continuous check needs to say yes or no, and why. */
import type { SpeedReport, SpeedRow, SpeedRun } from "./schema.ts";

export interface BaselineOptions {
  /** 1.15: up to 15 % slower is accepted. */
  readonly maxSlowdown: number;
  /** Share of the baseline's cosine with the float reference that must be kept. */
  readonly minAgreement: number;
}

export interface BaselineVerdict {
  readonly ok: boolean;
  /** One sentence per row compared, then what could not be compared. */
  readonly lines: readonly string[];
}

/**
 * Compares our own rows that both reports hold, on the same adapter and in the same place. On a software adapter by CPU seconds, elsewhere by the warm median. Not ok: a row
 * that is slower than allowed, agrees less, or is now left out; or nothing to compare at all.
 */
export function compareBaseline(report: SpeedReport, baseline: SpeedReport, options: BaselineOptions): BaselineVerdict {
  const before = new Map(ourRows(baseline).map((each) => [keyOf(each), each]));
  const lines: string[] = [];
  let ok = true;
  let compared = 0;
  for (const now of ourRows(report)) {
    const then = before.get(keyOf(now));
    if (!then?.row.warm) continue;
    compared++;
    const faults = faultsOf(now, then, options);
    if (faults.length > 0) ok = false;
    const name = `${now.row.model} ${now.row.contender}`;
    lines.push(faults.length === 0 ? `${name}: ${figure(now)}, was ${figure(then)}: kept` : `${name}: ${faults.join("; ")}`);
  }
  if (compared > 0) return { ok, lines };
  const place = (each: SpeedReport) => each.runs.map((run) => `${run.place}, ${adapterOf(run)}`).join(" / ");
  return {
    ok: false,
    lines: [
      `no row can be compared: the baseline was measured in ${place(baseline)}, this report in ${place(report)}, or they share no model`,
    ],
  };
}

interface Placed {
  readonly run: SpeedRun;
  readonly row: SpeedRow;
}

function ourRows(report: SpeedReport): Placed[] {
  return report.runs.flatMap((run) => run.rows.filter(({ runtime }) => runtime === "vitrine").map((row) => ({ run, row })));
}

function keyOf({ run, row }: Placed): string {
  return [run.place, adapterOf(run), row.model, row.contender].join("|");
}

function adapterOf({ adapter }: SpeedRun): string {
  return adapter === null ? "no adapter" : [adapter.vendor, adapter.architecture, adapter.device].filter(Boolean).join(" ");
}

function faultsOf(now: Placed, then: Placed, { maxSlowdown, minAgreement }: BaselineOptions): string[] {
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

function costOf({ run, row }: Placed): number | null {
  if (!row.warm) return null;
  return run.adapter?.isSoftware === true ? (row.warm.cpuSeconds?.total ?? null) : row.warm.medianMs;
}

function figure(placed: Placed): string {
  const cost = costOf(placed);
  if (cost === null) return "not measured";
  return placed.run.adapter?.isSoftware === true ? `${cost.toFixed(2)} CPU-s` : `${cost.toFixed(2)} ms`;
}
