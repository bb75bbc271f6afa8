/**
 * What a warm forward costs on the built page: wall time, and CPU time of the browser's GPU process (where a software adapter
 * computes). The page is opened without its interface, so that nothing else uses the adapter.
 */
import { expect, test } from "@playwright/test";
import type { Page } from "@playwright/test";
import { measureForward } from "../src/bench/measure.ts";
import { budgetsOf, type BenchRow } from "../src/bench/report.ts";
import type { BenchAdapter, BenchRequest, BenchResult } from "../src/bench/request.ts";
import { readSettings, writeReport } from "../src/bench/write-report.ts";
import { cpuSeconds, findDescendant } from "../tools/cpu-seconds.mjs";

test("warm forward", async ({ page, browser }) => {
  const settings = readSettings();
  await page.goto("/?automation=engine");
  await expect.poll(() => page.evaluate(() => window.vitrineBench !== undefined), { timeout: 60_000 }).toBe(true);
  const rows: BenchRow[] = [];
  let adapter: BenchAdapter | null = null;
  for (const request of settings.requests) {
    const measured = await measureForward(request, (each) => run(page, each), gpuProcessSeconds);
    rows.push(measured.row);
    adapter = measured.adapter;
  }
  if (adapter === null) throw new Error("no execution was asked for");
  const report = writeReport(settings.out, { runtime: `Chromium ${browser.version()}`, cpuOf: "browser's GPU process", adapter, rows });
  if (!settings.check) return;
  const budgets = budgetsOf(report);
  expect(budgets, "budgets that could be measured (they need Linux, a software adapter and deit-tiny)").not.toHaveLength(0);
  for (const { name, measured, limit } of budgets) expect(measured, name).toBeLessThanOrEqual(limit);
});

/** Null where there is no /proc; on Linux the process must be there, or its cost would go unmeasured without a word. */
function gpuProcessSeconds(): number | null {
  if (process.platform !== "linux") return null;
  const pid = findDescendant(process.pid, "--type=gpu-process");
  if (pid === null) throw new Error("the browser's GPU process was not found");
  return cpuSeconds(pid);
}

function run(page: Page, request: BenchRequest): Promise<BenchResult> {
  return page.evaluate((given) => {
    if (window.vitrineBench === undefined) throw new Error("the page has no benchmark entry");
    return window.vitrineBench.run(given);
  }, request);
}
