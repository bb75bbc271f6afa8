/** The end of `npm run bench`: the parts become one report in three forms, goals and baseline become the exit code. Node only. */
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { InputError } from "../tensor/input-error.ts";
import { chooseContenders } from "./contender-list.ts";
import { keyOf } from "./models/prepared-files.ts";
import type { Asked } from "./report/asked.ts";
import { compareBaseline } from "./report/compare-baseline.ts";
import { GOAL_CONTENDERS, goalsOf } from "./report/goals.ts";
import { reportHtml } from "./report/html.ts";
import { reportMarkdown } from "./report/markdown.ts";
import { mergeReports } from "./report/merge.ts";
import { parseReport, REPORT_SCHEMA, type SpeedReport, type SpeedRun } from "./report/schema.ts";
import type { BenchSettings } from "./settings.ts";

/** What one model gave; `finish` merges these. */
export function writePart(partsFolder: string, name: string, run: SpeedRun): void {
  const report: SpeedReport = { schema: REPORT_SCHEMA, runs: [run] };
  mkdirSync(partsFolder, { recursive: true });
  writeFileSync(join(partsFolder, `${name}.json`), JSON.stringify(report));
}

/** The exit code; everything for people goes to stdout. */
export function finish(settings: BenchSettings): number {
  const { merge, partsFolder, out } = settings;
  const files = merge.length > 0 ? merge : existsSync(partsFolder) ? readdirSync(partsFolder).map((name) => join(partsFolder, name)) : [];
  if (files.length === 0) {
    const why = settings.isShard ? "this shard has no model" : "every model failed; the lines above say why";
    process.stdout.write(`bench: nothing was measured here: ${why}\n`);
    return settings.isShard ? 0 : 1;
  }
  const merged = mergeReports(files.map(readReport));
  const report = merge.length > 0 ? merged : { ...merged, runs: merged.runs.map((run) => ({ ...run, asked: askedBy(settings) })) };
  // What leaves is checked like what comes in.
  const text = `${JSON.stringify(report, null, 1)}\n`;
  parseReport(text, `${out}.json`);
  const markdown = reportMarkdown(report);
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(`${out}.json`, text);
  writeFileSync(`${out}.md`, markdown);
  writeFileSync(`${out}.html`, reportHtml(report));
  process.stdout.write(`${markdown}\nbench: ${out}.json, .md and .html\n`);
  const isKept = settings.check ? checkGoals(report) : true;
  const isFast = settings.baseline === null ? true : checkBaseline(report, settings.baseline, settings);
  return isKept && isFast ? 0 : 1;
}

/** What the command named: with it a row that is absent can be told from one that nobody wanted. */
function askedBy({ models, contenders, place }: BenchSettings): Asked {
  return { models: models.map(keyOf), contenders: chooseContenders(contenders, place).map(({ id }) => id) };
}

/** A goal that was not measured is not kept: a check that passes by measuring less is none. */
function checkGoals(report: SpeedReport): boolean {
  const goals = goalsOf(report);
  if (goals.length === 0) process.stdout.write("bench: no goal was measured: they need deit-tiny in a browser on a software adapter\n");
  for (const { name, measured, limit, isKept, reason } of goals) {
    if (measured === null) process.stdout.write(`bench: NOT MEASURED: ${name}: ${reason}\n`);
    else if (!isKept) process.stdout.write(`bench: BROKEN: ${name}: ${measured.toFixed(2)}, limit ${limit}\n`);
  }
  if (goals.some(({ measured }) => measured === null)) {
    process.stdout.write(`bench: all goals need --models deit-tiny --contenders ${GOAL_CONTENDERS.join(",")} (or all)\n`);
  }
  return goals.length > 0 && goals.every(({ isKept }) => isKept);
}

function checkBaseline(report: SpeedReport, file: string, options: BenchSettings): boolean {
  const { ok, lines } = compareBaseline(report, readReport(file), options);
  process.stdout.write(`bench: against ${file}: ${ok ? "kept" : "FAILED"}\n${lines.map((line) => `  ${line}\n`).join("")}`);
  return ok;
}

function readReport(file: string): SpeedReport {
  if (!existsSync(file)) {
    throw new InputError("FILE_NOT_FOUND", {
      what: `"${file}" does not exist.`,
      why: "There is nothing to read.",
      next: "Check the path.",
    });
  }
  return parseReport(readFileSync(file, "utf8"), file);
}
