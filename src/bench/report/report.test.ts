import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { expectCode } from "../../testing/expect-code.ts";
import { compareBaseline } from "./compare-baseline.ts";
import { goalsOf } from "./goals.ts";
import { reportHtml } from "./html.ts";
import { reportMarkdown } from "./markdown.ts";
import { mergeReports } from "./merge.ts";
import { jsonSchema, parseReport, type SpeedReport, type SpeedRow, type SpeedRun } from "./schema.ts";

const calls = { dispatches: 88, passes: 1, submits: 1, bindGroups: 0, pipelines: 0, buffers: 0, bufferWrites: 1, maps: 1 };

/** A measured row of DeiT-Tiny that costs `cpu` seconds warm and `10 * cpu` cold. */
function row(contender: string, cpu: number, change: Partial<SpeedRow> = {}): SpeedRow {
  const cpuSeconds = { gpuProcess: cpu, renderer: 0, total: cpu };
  const cold = { elapsedMs: 2000, phases: [{ name: "first run", elapsedMs: 900 }], cpuSeconds: { ...cpuSeconds, total: 10 * cpu } };
  return {
    model: "deit-tiny",
    contender,
    runtime: contender.startsWith("ours") ? "vitrine" : "onnxruntime-web",
    provider: "webgpu",
    precision: "float",
    status: "measured",
    reason: null,
    cold,
    warm: { timesMs: [1000 * cpu], medianMs: 1000 * cpu, spread: 0, cpuSeconds, stoppedBy: null },
    throughput: [{ batch: 1, imagesPerSecond: 1 / cpu, timesMs: [1000 * cpu], cpuSecondsPerImage: cpu, reason: null }],
    memory: { liveBytes: 2 ** 20, peakBytes: 2 ** 21 },
    calls,
    agreement: { images: 1, cosine: 0.99, relativeError: 1e-6, top1: 1 },
    facts: {},
    notes: [],
    ...change,
  };
}

const gone = (contender: string, reason: string): SpeedRow => ({
  ...row(contender, 1),
  status: "left out",
  reason,
  cold: null,
  warm: null,
  throughput: [],
  memory: null,
  calls: null,
  agreement: null,
});

function run(rows: readonly SpeedRow[], change: Partial<SpeedRun> = {}): SpeedRun {
  return {
    id: "run-1",
    startedAt: "2026-01-02T03:04:05.000Z",
    place: "browser",
    commit: "abc1234",
    runtime: "Chromium 156",
    headless: true,
    node: "v20",
    system: "linux",
    processor: "a processor",
    cores: 2,
    loadAverage: 0.5,
    adapter: { vendor: "google", architecture: "swiftshader", device: "", description: "", isSoftware: true, features: [] },
    packages: { "onnxruntime-web": "1.30.0" },
    options: { runs: 1, batches: [1], timeLimitSeconds: 60, recipe: "repq-vit", threads: null },
    models: [
      {
        key: "deit-tiny",
        parameters: 5e6,
        inputShape: [3, 224, 224],
        weights: "seeded random weights",
        reference: { by: "onnxruntime-node", images: 1 },
      },
    ],
    rows: [...rows],
    ...change,
  };
}

const report = (...runs: readonly SpeedRun[]): SpeedReport => ({ schema: "vitrine.speed/1", runs: [...runs] });
const hardware: Partial<SpeedRun> = {
  adapter: { vendor: "nvidia", architecture: "ampere", device: "", description: "", isSoftware: false, features: [] },
};

describe("schema", () => {
  test("what is written can be read, and the file in docs/bench/speed describes it", () => {
    const whole = report(run([row("ours-float", 1), gone("ours-f16", "no shader-f16")]));
    expect(parseReport(JSON.stringify(whole), "a.json")).toEqual(whole);
    expect(JSON.parse(readFileSync("docs/bench/speed/schema.json", "utf8"))).toEqual(jsonSchema());
  });

  test.each<[string, string, string]>([
    ["no JSON", "{", "it is not JSON"],
    ["another report", '{"schema":"vitrine.sweep/1"}', "schema"],
    ["a field of the wrong kind", JSON.stringify(report(run([row("a", 1, { model: 7 as unknown as string })]))), "runs.0.rows.0.model"],
    ["a field nobody knows", JSON.stringify({ ...report(run([])), extra: 1 }), "extra"],
    ["no run", '{"schema":"vitrine.speed/1","runs":[]}', "runs"],
  ])("%s is refused with the rule that it breaks", async (_name, text, rule) => {
    const error = await expectCode("BENCH_REPORT", () => parseReport(text, "a.json"));
    expect(error.why).toContain(rule);
  });
});

describe("merge", () => {
  test("shards and machines stand side by side; parts of one run become one", () => {
    const small = { ...row("ours-float", 0.1), model: "small" };
    const models = [{ ...run([]).models[0], key: "small" }];
    const merged = mergeReports([
      report(run([row("ours-float", 1)])),
      report(run([small], { models })),
      report(run([row("ours-float", 2)], { id: "run-2" })),
    ]);
    expect(merged.runs.map(({ id, rows, models: keys }) => [id, rows.length, keys.map(({ key }) => key)])).toEqual([
      ["run-1", 2, ["deit-tiny", "small"]],
      ["run-2", 1, ["deit-tiny"]],
    ]);
    expect(parseReport(JSON.stringify(merged), "merged")).toEqual(merged);
  });

  test("the same row twice is refused: one figure would be lost", async () => {
    const once = report(run([row("ours-float", 1)]));
    await expectCode("BENCH_REPORT", () => mergeReports([once, once]));
  });
});

describe("baseline", () => {
  const options = { maxSlowdown: 1.15, minAgreement: 0.97 };
  const baseline = report(run([row("ours-float", 1), row("ours-w4a4", 1), row("ort-web-webgpu-float", 20)]));
  const verdict = (rows: readonly SpeedRow[], change: Partial<SpeedRun> = {}) =>
    compareBaseline(report(run(rows, { id: "now", ...change })), baseline, options);

  test("as fast and within the allowance is kept; peers are not judged", () => {
    const { ok, lines } = verdict([row("ours-float", 1.15), row("ours-w4a4", 0.5), row("ort-web-webgpu-float", 99)]);
    expect(ok).toBe(true);
    expect(lines).toEqual([
      "deit-tiny ours-float: 1.15 CPU-s, was 1.00 CPU-s: kept",
      "deit-tiny ours-w4a4: 0.50 CPU-s, was 1.00 CPU-s: kept",
    ]);
  });

  test("slower, less agreement, and gone fail with the figures", () => {
    const slow = verdict([row("ours-float", 1.2)]);
    expect(slow).toEqual({ ok: false, lines: ["deit-tiny ours-float: 1.20 CPU-s, was 1.00 CPU-s: 1.20 times, 1.15 is allowed"] });
    const wrong = verdict([row("ours-float", 1, { agreement: { images: 1, cosine: 0.95, relativeError: 0.3, top1: 1 } })]);
    expect(wrong.ok).toBe(false);
    expect(wrong.lines[0]).toContain("0.9500, at least 0.9603 is asked for");
    const lost = verdict([row("ours-w4a4", 1), gone("ours-float", "device lost")]);
    expect(lost.ok).toBe(false);
    expect(lost.lines).toContain("deit-tiny ours-float: was measured in the baseline and is left out now: device lost");
  });

  test("hardware is compared by the median, whatever CPU seconds say", () => {
    const before = report(run([row("ours-float", 1)], hardware));
    const warm = { timesMs: [1300], medianMs: 1300, spread: 0, cpuSeconds: { gpuProcess: 0.1, renderer: 0, total: 0.1 }, stoppedBy: null };
    const now = report(run([row("ours-float", 1, { warm })], { ...hardware, id: "now" }));
    expect(compareBaseline(now, before, options)).toMatchObject({ ok: false, lines: [expect.stringContaining("1300.00 ms")] });
  });

  test("another adapter, or CPU seconds that nobody read, are no comparison and no success", () => {
    expect(verdict([row("ours-float", 1)], hardware)).toMatchObject({
      ok: false,
      lines: [expect.stringContaining("no row can be compared")],
    });
    const warm = { timesMs: [1], medianMs: 1, spread: 0, cpuSeconds: null, stoppedBy: null };
    expect(verdict([row("ours-float", 1, { warm })])).toMatchObject({ ok: false, lines: [expect.stringContaining("were not read")] });
  });
});

test("goals: each with its limit, from the GPU process's seconds; a peer's is a least, not a most", () => {
  const rows = [row("ours-float", 1.1), row("ours-w8a8", 1.2), row("ours-w4a4", 1.5), row("ort-web-webgpu-float", 10)];
  expect(goalsOf(report(run(rows))).map(({ measured, limit, isKept }) => [measured, limit, isKept])).toEqual([
    [1.1, 1.2, true],
    [expect.closeTo(1.2 / 1.1, 10), 1.2, true],
    [expect.closeTo(1.5 / 1.1, 10), 1.2, false],
    [expect.closeTo(10 / 1.1, 10), 10, false],
    [expect.closeTo(0.11, 10), 0.25, true],
  ]);
  expect(goalsOf(report(run(rows, hardware)))).toEqual([]);
  expect(goalsOf(report(run(rows, { place: "node" })))).toEqual([]);
});

describe("what people read", () => {
  test("on a software adapter there are CPU seconds and ratios and no milliseconds; on hardware there are", () => {
    const rows = [row("ours-float", 1), row("ort-web-webgpu-float", 20), gone("ours-f16", "the adapter has no shader-f16")];
    const soft = reportMarkdown(report(run(rows)));
    expect(soft).toContain("no ranking by milliseconds");
    expect(soft).toContain("| ort-web-webgpu-float | float | 20.00 | 0.00 | 20.00 | 20.00 |");
    expect(soft).toContain("| ours-f16 | the adapter has no shader-f16 |");
    expect(soft).not.toContain("median ms");
    expect(reportMarkdown(report(run(rows, hardware)))).toContain("median ms");
  });

  test("a message cannot break out of its cell, nor out of the page's own JSON", () => {
    const evil = report(run([gone("ours-float", "a | b <script>alert(1)</script>")]));
    expect(reportMarkdown(evil)).toContain("a \\| b \\<script\\>");
    const page = reportHtml(evil);
    expect(page.match(/<script/g)).toHaveLength(1);
    const json = /<script type="application\/json" id="report">(.*?)<\/script>/s.exec(page)?.[1] ?? "";
    expect(JSON.parse(json)).toEqual(evil);
    expect(page).not.toMatch(/(src|href)=/);
  });
});
