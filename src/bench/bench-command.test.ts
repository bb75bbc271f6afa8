/** tools/bench.mjs as people run it, as far as nothing has to be measured: what it refuses, how models are shared out, and reports put together and judged. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GOAL_CONTENDERS } from "./report/goals.ts";
import { hardware, report, row, run } from "./report/made-report.ts";
import { parseReport, type SpeedReport } from "./report/schema.ts";

/** The first that gets past the options builds the benchmark's Node side, if its sources changed. */
const BUILD_MS = 120_000;

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "vitrine-bench-command-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function bench(...options: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["tools/bench.mjs", ...options], { encoding: "utf8" });
  return { status, stdout, stderr };
}

describe("options", () => {
  test("--help lists them and measures nothing", () => {
    const { status, stdout } = bench("--help");
    expect(status).toBe(0);
    for (const option of ["--models", "--contenders", "--shard", "--merge", "--check", "--baseline"]) expect(stdout).toContain(option);
  });

  test.each<[string[], string]>([
    [["--frobnicate"], "Unknown option '--frobnicate'"],
    [["deit-tiny"], '"deit-tiny" is no option'],
    [["--merge"], "--merge takes the reports to put together"],
    [["--adapter", "nvidia"], '--adapter is "nvidia"; it takes swiftshader'],
    [["--shard", "2"], '--shard is "2"; it takes 2/3'],
    [["--shard", "4/3"], '--shard is "4/3"; it takes 2/3'],
    [["--node", "--shard", "1/3"], "--shard is for browsers; with --node give each machine its --models"],
    [["--browser", "/nowhere/chrome"], "--browser names /nowhere/chrome, which does not exist"],
    [["--runs", "0"], '--runs has "0"; it takes whole numbers from 1'],
    [["--batches", "1,x"], '--batches has "x"; it takes whole numbers from 1'],
    [["--max-slowdown", "fast"], '--max-slowdown is "fast"; it takes a number above 0'],
  ])("%j is refused in one sentence", (options, sentence) => {
    const { status, stdout, stderr } = bench(...options);
    expect(status).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^bench: .*; --help lists the options\n$/s);
    expect(stderr).toContain(sentence);
  });
});

test.each([
  ["1/2", ["small", "vit-base"]],
  ["2/2", ["deit-tiny"]],
])("Playwright's shard %s measures %j of three models", (shard, models) => {
  const settings = { models: ["small", "vit-base", "deit-tiny"].map((scenario) => ({ scenario })) };
  const { stdout } = spawnSync(
    process.execPath,
    ["node_modules/@playwright/test/cli.js", "test", "--config", "e2e/bench.config.ts", "--list", `--shard=${shard}`],
    { encoding: "utf8", env: { ...process.env, VITRINE_BENCH: JSON.stringify(settings) } },
  );
  const listed = [...stdout.matchAll(/speed\.bench\.ts:\d+:\d+ › (\S+)/g)].map(([, name]) => name);
  expect(listed).toEqual(models);
});

describe("--merge", () => {
  /** Every goal is kept at 1 CPU second; peers cost forty. */
  const rows = GOAL_CONTENDERS.map((contender) => row(contender, contender.startsWith("ours") ? 1 : 40));
  const whole = report(run(rows));
  const gpu = report(run([row("ours-float", 0.01)], { ...hardware, id: "gpu" }));

  const written = (name: string, content: SpeedReport) => {
    const file = join(folder, `${name}.json`);
    writeFileSync(file, JSON.stringify(content));
    return file;
  };
  const merge = (...options: string[]) => bench("--merge", ...options, "--out", join(folder, "out/merged"));

  test("two reports become one in three forms; goals and baseline kept: 0", { timeout: BUILD_MS }, () => {
    const [here, there] = [written("whole", whole), written("gpu", gpu)];
    const { status, stdout, stderr } = merge(here, there, "--check", "--baseline", here);
    expect(status, stderr).toBe(0);
    expect(stdout).toContain(`bench: against ${here}: kept`);
    expect(stdout).not.toMatch(/BROKEN|NOT MEASURED/);
    const merged = parseReport(readFileSync(join(folder, "out/merged.json"), "utf8"), "merged.json");
    expect(merged.runs).toEqual([...whole.runs, ...gpu.runs]);
    for (const form of ["md", "html"]) expect(existsSync(join(folder, `out/merged.${form}`)), form).toBe(true);
  });

  test("slower than the baseline: 1", { timeout: BUILD_MS }, () => {
    const before = written("before", report(run([row("ours-float", 0.5)])));
    const { status, stdout } = merge(written("slow", whole), "--baseline", before);
    expect(status).toBe(1);
    expect(stdout).toContain("deit-tiny ours-float: 1.00 CPU-s, was 0.50 CPU-s: 2.00 times, 1.15 is allowed");
    expect(merge(join(folder, "slow.json"), "--baseline", before, "--max-slowdown", "2").status).toBe(0);
  });

  test("goals missed, or not measured: 1, and which contenders are needed", { timeout: BUILD_MS }, () => {
    const missed = rows.map((each) => (each.contender === "ours-w4a4" ? row("ours-w4a4", 1.3) : each));
    const broken = merge(written("missed", report(run(missed))), "--check");
    expect(broken.status).toBe(1);
    expect(broken.stdout).toContain("bench: BROKEN: W4A4 / float: 1.30, limit 1.2\n");
    const alone = merge(written("alone", report(run([row("ours-float", 1)]))), "--check");
    expect(alone.status).toBe(1);
    expect(alone.stdout).toContain("bench: NOT MEASURED: W8A8 / float: ours-w8a8 was not asked for\n");
    expect(alone.stdout).toContain(`--contenders ${GOAL_CONTENDERS.join(",")}`);
  });

  test("a file that is no report, or is not there, is refused: 1", { timeout: BUILD_MS }, () => {
    const broken = join(folder, "broken.json");
    writeFileSync(broken, "{");
    const missing = join(folder, "nowhere.json");
    for (const [file, sentence] of [
      [broken, `"${broken}" is no report of this benchmark.`],
      [missing, `"${missing}" does not exist.`],
    ]) {
      const { status, stderr } = merge(file);
      expect(status).toBe(1);
      expect(stderr).toContain(sentence);
    }
  });
});
