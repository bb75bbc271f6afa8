/** tools/method-tables.mjs as people run it: on a folder with reports that the sweep itself wrote. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { recipes } from "../quant/recipes/index.ts";
import { sweepReport } from "../runner/sweep/sweep-report.ts";
import type { SweepRow } from "../runner/sweep/sweep.ts";

const names = Object.keys(recipes);
const EMPTY = "<!-- measured:begin -->\n<!-- measured:end -->";
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A project with the real list of recipes and a page for each. */
function project(): string {
  const root = mkdtempSync(join(tmpdir(), "method-tables-"));
  folders.push(root);
  for (const folder of ["src/quant/recipes", "docs/methods", "docs/bench"]) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, "src/quant/recipes/index.ts"), readFileSync("src/quant/recipes/index.ts"));
  for (const name of ["README", ...names]) writeFileSync(join(root, `docs/methods/${name}.md`), `# ${name}\n\n${EMPTY}\n\nAfter.\n`);
  return root;
}

function run(root: string, ...options: string[]) {
  const { status, stdout } = spawnSync(process.execPath, ["tools/method-tables.mjs", ...options, root], { encoding: "utf8" });
  return { status, stdout };
}

function page(root: string, name: string): string {
  return readFileSync(join(root, `docs/methods/${name}.md`), "utf8");
}

function row(recipe: string, bits: string, accuracy: number | null, klDivergence: number): SweepRow {
  const quality = {
    imageCount: 400,
    top1Agreement: 0.5,
    top1AccuracyFloat: accuracy === null ? null : 0.75,
    top1AccuracyQuantized: accuracy,
  };
  return {
    recipe,
    label: `label of ${recipe}`,
    bits,
    effectiveWeightBits: 4,
    quantizedBytes: 3_456_000,
    quality: { ...quality, logitSqnrDb: 10, logitCosine: 0.9, klDivergence },
    executor: "integer",
    executorNote: null,
    calibrationMs: 1,
    sharedBy: 1,
    calibrationImages: 32,
    elapsedMs: 1,
  };
}

function writeReport(root: string, file: string, rows: readonly SweepRow[]): void {
  const context = {
    fingerprint: "f",
    model: `model ${file}`,
    command: "npm run lab -- sweep --model /somewhere/else/tiny --labels ../labels.csv",
    commit: "abc1234",
    runtime: "Node",
    adapter: null,
    date: "2026-01-02",
  };
  const report = sweepReport({ rows, floatBytes: 20_000_000, floatMs: 1, imageCount: 400 }, context);
  writeFileSync(join(root, `docs/bench/${file}.json`), JSON.stringify({ ...report, warnings: ["Images overlap."] }));
}

test("without reports every page of a registered recipe says that it is not measured", () => {
  const root = project();
  expect(run(root).status).toBe(0);
  for (const name of names) {
    expect(page(root, name)).toMatch(/^# .+\n\n<!-- measured:begin -->\n\nNot measured yet: [^\n]+\n\n<!-- measured:end -->\n\nAfter\.\n$/);
  }
  expect(page(root, "README")).toContain("Nothing measured yet");
});

test("tables hold what the report holds, ranked, best bold, and running again changes nothing", () => {
  const root = project();
  // Out of order on purpose: 3/3 before 8/8.
  writeReport(root, "tiny", [
    row("mse", "3/3", 0.25, 2),
    row("mse", "8/8", 0.75, 0.01234),
    row("gptq", "8/8", 0.5, 0.5),
    row("gptq", "3/3", 0.375, 1),
  ]);
  expect(run(root, "--check").status).toBe(1);
  expect(page(root, "mse")).toContain(EMPTY);
  expect(run(root).status).toBe(0);
  // 300 of 400: Wilson's centre (0.75 + z^2/800) / (1 + z^2/400) = 0.7476, half width 0.0423 with z^2 = 3.8415.
  const mse = page(root, "mse").split("\n");
  expect(mse.filter((line) => /^\| \d/.test(line))).toEqual([
    "| 8/8 | 75.0 (70.5–79.0) | 50.0 (45.1–54.9)        | 0.0123   | 3.46     | integer  |",
    "| 3/3 | 25.0 (21.0–29.5) | 50.0 (45.1–54.9)        | 2.000    | 3.46     | integer  |",
  ]);
  expect(mse.join("\n")).toContain(
    "Commit abc1234, 2026-01-02, Node; executor integer; adapter none; report [tiny.json](../bench/tiny.json)",
  );
  const overview = page(root, "README");
  // Means of the columns: 0.5 and 0.4375.
  expect(overview.split("\n").filter((line) => /^\| (float|\[)/.test(line))).toEqual([
    "| float                    | 75.0 (70.5–79.0)     | 75.0 (70.5–79.0)     |",
    "| [label of mse](mse.md)   | **75.0 (70.5–79.0)** | 25.0 (21.0–29.5)     |",
    "| [label of gptq](gptq.md) | 50.0 (45.1–54.9)     | **37.5 (32.9–42.3)** |",
    "| float                    | 0          | 0         |",
    "| [label of mse](mse.md)   | **0.0123** | 2.000     |",
    "| [label of gptq](gptq.md) | 0.500      | **1.000** |",
  ]);
  expect(overview).toContain("npm run lab -- sweep --model tiny --labels ../labels.csv");
  expect(overview).toContain("After.");
  expect([overview, mse.join("\n")].map((text) => text.match(/^Images overlap\.$/gm)?.length)).toEqual([1, 1]);
  expect(page(root, "gptaq")).toContain("Not measured yet");
  expect(run(root, "--check")).toEqual({ status: 0, stdout: `method tables: ${names.length + 1} pages, 0 stale, 0 faults\n` });
});

test("without labels the overview ranks by agreement; other files in docs/bench are left out", () => {
  const root = project();
  writeReport(root, "tiny", [row("mse", "4/4", null, 0.2)]);
  writeFileSync(join(root, "docs/bench/other.json"), JSON.stringify({ schema: "something else" }));
  expect(run(root).status).toBe(0);
  expect(page(root, "README")).toContain("| [label of mse](mse.md) | **50.0 (45.1–54.9)** |");
  expect(page(root, "mse")).not.toContain("top-1, %");
});

test("a page that is missing or has no markers is a fault, the others are still written", () => {
  const root = project();
  writeFileSync(join(root, "docs/methods/mse.md"), "# no markers\n");
  rmSync(join(root, "docs/methods/gptq.md"));
  const { status, stdout } = run(root);
  expect(status).toBe(1);
  expect(stdout).toMatch(/^docs\/methods\/mse\.md: needs /m);
  expect(stdout).toMatch(/^docs\/methods\/gptq\.md: is missing$/m);
  expect(page(root, "mse")).toBe("# no markers\n");
  expect(page(root, "erq")).toContain("Not measured yet");
});
