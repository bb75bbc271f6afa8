import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { expectCode } from "../../testing/expect-code.ts";
import { reportHtml } from "./html.ts";
import { reportMarkdown } from "./markdown.ts";
import { mergeReports } from "./merge.ts";
import { gone, hardware, report, row, run } from "./made-report.ts";
import { jsonSchema, parseReport } from "./schema.ts";

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
    expect(merged.runs[0].asked).toEqual({ models: ["deit-tiny", "small"], contenders: ["ours-float"] });
  });

  test("the same row twice is refused: one figure would be lost", async () => {
    const once = report(run([row("ours-float", 1)]));
    await expectCode("BENCH_REPORT", () => mergeReports([once, once]));
  });
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
