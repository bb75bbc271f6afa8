/** A report against an earlier one: what a continuous check needs to say yes or no, and why. */
import { askedOf } from "./asked.ts";
import { faultsOf, figure, isSoftware, type BaselineOptions, type PlacedRow } from "./row-faults.ts";
import type { SpeedReport, SpeedRun } from "./schema.ts";

export interface BaselineVerdict {
  readonly ok: boolean;
  /** One sentence per row compared, and for everything that could not be compared. */
  readonly lines: readonly string[];
}

interface Finding {
  readonly line: string;
  /** Null for a remark that decides nothing. */
  readonly isKept: boolean | null;
}

/**
 * Compares our own rows of the baseline with those measured on the same adapter and in the same place. On a software adapter by CPU seconds (of the same
 * processor, else there is no verdict), elsewhere by the warm median. Not ok: a row that is slower than allowed, agrees less, or is gone although it was
 * asked for; or nothing to compare at all.
 */
export function compareBaseline(report: SpeedReport, baseline: SpeedReport, options: BaselineOptions): BaselineVerdict {
  const now = groupsOf(report.runs);
  const findings = [...now.values()].flatMap((runs) => compareGroup(runs, baseline, options));
  const others = [...groupsOf(baseline.runs).keys()].filter((label) => !now.has(label));
  const lines = [
    ...findings.map(({ line }) => line),
    ...others.map((label) => `not compared: ${label}: this report was not measured there`),
  ];
  if (findings.some(({ isKept }) => isKept !== null)) return { ok: findings.every(({ isKept }) => isKept !== false), lines };
  return { ok: false, lines: [...lines, "no row can be compared"] };
}

/** Runs whose figures may be set against each other, by what they have in common: shards of a machine are runs of their own. */
function groupsOf(runs: readonly SpeedRun[]): Map<string, SpeedRun[]> {
  const found = new Map<string, SpeedRun[]>();
  for (const run of runs) {
    const label = isSoftware(run) ? `${seatOf(run)}, ${run.processor}` : seatOf(run);
    found.set(label, [...(found.get(label) ?? []), run]);
  }
  return found;
}

function compareGroup(runs: readonly SpeedRun[], baseline: SpeedReport, options: BaselineOptions): Finding[] {
  const [first] = runs;
  const seat = seatOf(first);
  const there = baseline.runs.filter((run) => seatOf(run) === seat);
  if (there.length === 0) return [{ line: `not compared: ${seat}: the baseline was not measured there`, isKept: null }];
  const comparable = there.filter((run) => !isSoftware(first) || run.processor === first.processor);
  if (comparable.length === 0) {
    const others = [...new Set(there.map(({ processor }) => processor))].join(" / ");
    const line = `not judged: ${seat}: CPU seconds of ${first.processor} do not compare with those of the baseline's ${others}`;
    return [{ line, isKept: false }];
  }
  const before = new Map(ourRows(comparable).map((each) => [keyOf(each), each]));
  const now = ourRows(runs);
  const rows = now.map((each) => judged(each, before.get(keyOf(each)), options));
  const present = new Set(now.map(keyOf));
  const gone = [...before.values()].filter((then) => then.row.warm !== null && !present.has(keyOf(then))).map((then) => absent(then, runs));
  return [...notesOf(runs, comparable), ...rows.flatMap((each) => each ?? []), ...gone];
}

/** What else may have moved the figures. */
function notesOf(runs: readonly SpeedRun[], baseline: readonly SpeedRun[]): Finding[] {
  const names = (of: readonly SpeedRun[], pick: (run: SpeedRun) => string) => [...new Set(of.map(pick))].sort().join(" / ");
  return (["runtime", "processor"] as const).flatMap((field) => {
    const [now, then] = [runs, baseline].map((each) => names(each, (run) => run[field]));
    return now === then ? [] : [{ line: `mind that the ${field} differs: ${now}, was ${then}`, isKept: null }];
  });
}

/** Null for a row that was measured neither time. */
function judged(now: PlacedRow, then: PlacedRow | undefined, options: BaselineOptions): Finding | null {
  const name = keyOf(now);
  if (!then?.row.warm)
    return now.row.warm === null ? null : { line: `${name}: not compared: the baseline has no figures of it`, isKept: null };
  const faults = faultsOf(now, then, options);
  if (faults.length > 0) return { line: `${name}: ${faults.join("; ")}`, isKept: false };
  return { line: `${name}: ${figure(now)}, was ${figure(then)}: kept`, isKept: true };
}

function absent(then: PlacedRow, runs: readonly SpeedRun[]): Finding {
  const { model, contender } = then.row;
  const wasAsked = runs.map(askedOf).some(({ models, contenders }) => models.includes(model) && contenders.includes(contender));
  if (wasAsked) return { line: `${keyOf(then)}: was measured in the baseline, was asked for now and has no row`, isKept: false };
  return { line: `${keyOf(then)}: not compared: this report was not asked for it`, isKept: null };
}

function ourRows(runs: readonly SpeedRun[]): PlacedRow[] {
  return runs.flatMap((run) => run.rows.filter(({ runtime }) => runtime === "vitrine").map((row) => ({ run, row })));
}

/** Within a group this names a row. */
function keyOf({ row }: PlacedRow): string {
  return `${row.model} ${row.contender}`;
}

function seatOf({ place, adapter }: SpeedRun): string {
  const name = adapter === null ? "no adapter" : [adapter.vendor, adapter.architecture, adapter.device].filter(Boolean).join(" ");
  return `${place}, ${name}`;
}
