/**
 * What a warm forward costs on the built page: wall time, and CPU time of the browser's GPU process (where a software adapter
 * computes). Setting up (weights, pipelines) is taken out by difference: the same run with `warm` more forwards minus the run
 * without them; a first run beforehand fills whatever the page and the driver cache.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { expect, test } from "@playwright/test";
import type { Browser, Page } from "@playwright/test";
import { findDescendant, measureCpuSeconds } from "../tools/cpu-seconds.mjs";
import { budgetsOf, toMarkdown } from "./bench-report.ts";
import type { BenchMode, BenchReport, BenchRequest, BenchResult, BenchRow } from "./bench-report.ts";

interface BenchSettings extends Omit<BenchRequest, "mode"> {
  readonly modes: readonly BenchMode[];
  /** Path without extension of the .json and .md. */
  readonly out: string;
  /** Fail when a budget is broken. */
  readonly check: boolean;
}

declare global {
  interface Window {
    vitrineBench?: { run(request: BenchRequest): Promise<BenchResult> };
  }
}

const DEFAULTS: BenchSettings = {
  model: "deit-tiny",
  weightBits: 4,
  activationBits: 4,
  warm: 3,
  modes: ["float", "integer"],
  out: "out/bench/forward",
  check: false,
};

test("warm forward", async ({ page, browser }) => {
  const settings: BenchSettings = { ...DEFAULTS, ...(JSON.parse(process.env["VITRINE_BENCH"] ?? "{}") as Partial<BenchSettings>) };
  await page.goto("/?automation=1");
  await page.waitForFunction(() => window.vitrineBench !== undefined, undefined, { timeout: 60_000 });
  const rows: BenchRow[] = [];
  let adapter: BenchResult["adapter"] | null = null;
  for (const mode of settings.modes) {
    const { model, weightBits, activationBits, warm } = settings;
    const measured = await measureMode(page, { model, mode, weightBits, activationBits, warm });
    rows.push(measured.row);
    adapter = measured.adapter;
  }
  if (adapter === null) throw new Error("no mode was asked for");
  const report = writeReport(settings.out, browser, adapter, rows);
  if (!settings.check) return;
  const budgets = budgetsOf(report);
  expect(budgets, "budgets that could be measured (they need Linux, a software adapter and deit-tiny)").not.toHaveLength(0);
  for (const { name, measured, limit } of budgets) expect(measured, name).toBeLessThanOrEqual(limit);
});

async function measureMode(page: Page, request: BenchRequest): Promise<{ row: BenchRow; adapter: BenchResult["adapter"] }> {
  await run(page, { ...request, warm: 1 });
  const gpuProcess = findDescendant(process.pid, "--type=gpu-process");
  if (process.platform === "linux") expect(gpuProcess, "the browser's GPU process").not.toBeNull();
  const measure = (warm: number) => measureCpuSeconds(gpuProcess ?? process.pid, () => run(page, { ...request, warm }));
  const short = await measure(1);
  const long = await measure(1 + request.warm);
  const { counters, adapter, elapsedMs } = long.result;
  expect(elapsedMs, "one time per warm forward").toHaveLength(1 + request.warm);
  const gpuProcessCpuSeconds = gpuProcess === null ? null : difference(long.seconds, short.seconds, request.warm);
  return { row: { request, medianMs: median(elapsedMs), gpuProcessCpuSeconds, counters }, adapter };
}

function difference(long: number | null, short: number | null, forwards: number): number | null {
  return long === null || short === null ? null : (long - short) / forwards;
}

function run(page: Page, request: BenchRequest): Promise<BenchResult> {
  return page.evaluate((given) => {
    if (window.vitrineBench === undefined) throw new Error("the page has no benchmark entry");
    return window.vitrineBench.run(given);
  }, request);
}

function writeReport(out: string, browser: Browser, adapter: BenchResult["adapter"], rows: readonly BenchRow[]): BenchReport {
  const report: BenchReport = {
    schema: "vitrine.bench.forward/1",
    commit: commitName(),
    browser: `Chromium ${browser.version()}`,
    adapter,
    rows,
  };
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(`${out}.json`, `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(`${out}.md`, toMarkdown(report));
  return report;
}

/** Sources unpacked from an archive have no commit to name. */
function commitName(): string {
  const { status, stdout } = spawnSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : "unknown";
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
