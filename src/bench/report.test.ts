import { expect, test } from "vitest";
import { measureForward } from "./measure.ts";
import { budgetsOf, median, toMarkdown, type BenchReport, type BenchRow } from "./report.ts";
import type { BenchRequest, BenchResult } from "./request.ts";

const adapter = { vendor: "google", architecture: "swiftshader", description: "", isSoftware: true };
const counters = { buffers: 0, bindGroups: 0, pipelines: 0, submits: 1, maps: 1 };
const plan = { dispatches: 7, arenaBytes: 2 ** 20, constantBytes: 3 * 2 ** 20 };
const request: BenchRequest = { model: "deit-tiny", mode: "float", weightBits: 4, activationBits: 4, warm: 3 };

const row = (change: Partial<BenchRequest>, cpuSeconds: number | null): BenchRow => ({
  request: { ...request, ...change },
  medianMs: 10,
  cpuSeconds,
  counters,
  plan,
  integerExecution: null,
});
const report = (rows: readonly BenchRow[], isSoftware = true): BenchReport => ({
  schema: "vitrine.bench.forward/1",
  commit: "abc",
  runtime: "test",
  cpuOf: "test",
  adapter: { ...adapter, isSoftware },
  rows,
});

test("CPU time is that of the additional forwards alone", async () => {
  let clock = 100;
  const asked: number[] = [];
  const run = ({ warm }: BenchRequest): Promise<BenchResult> => {
    asked.push(warm);
    // The first run compiles (9 s); every run sets up (5 s); every warm forward costs 0.25 s.
    clock += (asked.length === 1 ? 9 : 0) + 5 + 0.25 * warm;
    const elapsedMs = Array.from({ length: warm }, (_, i) => 10 * (i + 1));
    return Promise.resolve({ elapsedMs, counters, adapter, plan, integerExecution: null });
  };
  const measured = await measureForward(request, run, () => clock);
  expect(asked).toEqual([1, 1, 4]);
  expect(measured.row.cpuSeconds).toBeCloseTo(0.25, 10);
  expect(measured.row.medianMs).toBe(25);
  expect((await measureForward(request, run, () => null)).row.cpuSeconds).toBeNull();
});

test("a run that times fewer forwards than asked is a fault", async () => {
  const run = () => Promise.resolve({ elapsedMs: [1], counters, adapter, plan, integerExecution: null });
  await expect(measureForward(request, run, () => 0)).rejects.toThrow("internal: 4 warm forwards were asked for and 1 timed");
});

test("budgets: float by itself, W4A4 integers against float, nothing else", () => {
  const rows = [row({}, 1.6), row({ mode: "integer", weightBits: 8, activationBits: 8 }, 9), row({ mode: "integer" }, 2.8)];
  const budgets = budgetsOf(report(rows));
  expect(budgets.map(({ measured, limit }) => [measured, limit])).toEqual([
    [1.6, 2],
    [2.8 / 1.6, 1.5],
  ]);
  const text = toMarkdown(report(rows));
  expect(text).toContain("1.60, at most 2: kept");
  expect(text).toContain("1.75, at most 1.5: BROKEN");
});

test("no budget applies to hardware, to another model, or to what was not measured", () => {
  expect(budgetsOf(report([row({}, 1)], false))).toEqual([]);
  expect(budgetsOf(report([row({ model: "deit-small" }, 1)]))).toEqual([]);
  expect(budgetsOf(report([row({}, null), row({ mode: "integer" }, 1)]))).toEqual([]);
});

test("median of odd and even counts", () => {
  expect(median([5, 1, 9])).toBe(5);
  expect(median([4, 1, 9, 2])).toBe(3);
});
