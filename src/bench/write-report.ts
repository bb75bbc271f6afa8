/** The end of a benchmark run, in Node: files for machines and people. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { toMarkdown, type BenchReport } from "./report.ts";
import type { BenchRequest } from "./request.ts";

/** What tools/bench.mjs hands over in VITRINE_BENCH. */
export interface BenchSettings {
  readonly requests: readonly BenchRequest[];
  /** Path without extension of the .json and .md. */
  readonly out: string;
  /** Fail when a budget is broken. */
  readonly check: boolean;
}

export function readSettings(): BenchSettings {
  const text = process.env["VITRINE_BENCH"];
  if (text === undefined) throw new Error("internal: VITRINE_BENCH is not set; start this with `npm run bench`");
  return JSON.parse(text) as BenchSettings;
}

export function writeReport(out: string, figures: Omit<BenchReport, "schema" | "commit">): BenchReport {
  const report: BenchReport = { schema: "vitrine.bench.forward/1", commit: commitName(), ...figures };
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(`${out}.json`, `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(`${out}.md`, toMarkdown(report));
  return report;
}

/** Sources unpacked from an archive have no commit to name. */
function commitName(): string {
  const { status, stdout } = spawnSync("git", ["describe", "--always", "--dirty"], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : "unknown";
}
