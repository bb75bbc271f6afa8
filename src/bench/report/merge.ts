import { InputError } from "../../tensor/input-error.ts";
import { joinedAsked } from "./asked.ts";
import { REPORT_SCHEMA, type SpeedReport, type SpeedRun } from "./schema.ts";

/**
 * Reports of several machines, or parts of a matrix, as one. Parts of one run (the same id: shards of a machine are runs of their own) become one run;
 * the same row twice in a run is refused, since it would hide one of the two figures.
 */
export function mergeReports(reports: readonly SpeedReport[]): SpeedReport {
  const runs = new Map<string, SpeedRun>();
  for (const run of reports.flatMap((report) => report.runs)) {
    const known = runs.get(run.id);
    runs.set(run.id, known ? joined(known, run) : run);
  }
  return { schema: REPORT_SCHEMA, runs: [...runs.values()] };
}

function joined(a: SpeedRun, b: SpeedRun): SpeedRun {
  const seen = new Set(a.rows.map(({ model, contender }) => `${model} ${contender}`));
  const twice = b.rows.find(({ model, contender }) => seen.has(`${model} ${contender}`));
  if (twice) {
    throw new InputError("BENCH_REPORT", {
      what: `Two reports hold ${twice.contender} on ${twice.model} of the same run (${a.id}).`,
      why: "One of the two figures would be lost.",
      next: "Name each report once.",
    });
  }
  const models = [...a.models, ...b.models.filter(({ key }) => !a.models.some((each) => each.key === key))];
  return { ...a, asked: joinedAsked(a, b), models, rows: [...a.rows, ...b.rows] };
}
