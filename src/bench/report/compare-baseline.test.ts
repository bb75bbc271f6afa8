import { describe, expect, test } from "vitest";
import { compareBaseline } from "./compare-baseline.ts";
import { gone, hardware, report, row, run } from "./made-report.ts";
import type { SpeedRow, SpeedRun } from "./schema.ts";

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
    expect(slow.ok).toBe(false);
    expect(slow.lines[0]).toBe("deit-tiny ours-float: 1.20 CPU-s, was 1.00 CPU-s: 1.20 times, 1.15 is allowed");
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

  test("a row that was asked for and is not there fails; one that nobody asked for is named", () => {
    const asked = { models: ["deit-tiny"], contenders: ["ours-float", "ours-w4a4"] };
    const lost = "deit-tiny ours-w4a4: was measured in the baseline, was asked for now and has no row";
    expect(verdict([row("ours-float", 1)], { asked })).toEqual({ ok: false, lines: [expect.stringContaining("kept"), lost] });
    const kept = [expect.stringContaining("kept"), "deit-tiny ours-w4a4: not compared: this report was not asked for it"];
    expect(verdict([row("ours-float", 1)], { asked: { ...asked, contenders: ["ours-float"] } })).toEqual({ ok: true, lines: kept });
    expect(verdict([row("ours-float", 1)])).toEqual({ ok: true, lines: kept });
  });

  test("a model that was asked for and gave nothing fails, although other models are there", () => {
    const small = row("ours-float", 1, { model: "small" });
    const before = report(run([row("ours-float", 1), small]));
    const now = (models: string[]) => report(run([small], { id: "now", asked: { models, contenders: ["ours-float"] } }));
    expect(compareBaseline(now(["small", "deit-tiny"]), before, options)).toMatchObject({
      ok: false,
      lines: ["small ours-float: 1.00 CPU-s, was 1.00 CPU-s: kept", expect.stringMatching(/^deit-tiny ours-float: .*has no row$/)],
    });
    expect(compareBaseline(now(["small"]), before, options).ok).toBe(true);
  });

  test("shards of one machine are taken together: what one was not asked for another has", () => {
    const small = row("ours-float", 1, { model: "small" });
    const contenders = ["ours-float"];
    const now = report(
      run([small], { id: "a", asked: { models: ["small"], contenders } }),
      run([row("ours-float", 1)], { id: "b", asked: { models: ["deit-tiny"], contenders } }),
    );
    const { ok, lines } = compareBaseline(now, report(run([row("ours-float", 1), small])), options);
    expect(ok).toBe(true);
    expect(lines.map((line) => line.split(": ").at(-1))).toEqual(["kept", "kept"]);
  });

  test("CPU seconds of another processor are not judged; elsewhere, and for another browser, it is said", () => {
    expect(verdict([row("ours-float", 1)], { processor: "another" })).toEqual({
      ok: false,
      lines: [
        "not judged: browser, google swiftshader: CPU seconds of another do not compare with those of the baseline's a processor",
        "not compared: browser, google swiftshader, a processor: this report was not measured there",
      ],
    });
    const before = report(run([row("ours-float", 1)], hardware));
    const now = report(run([row("ours-float", 1)], { ...hardware, processor: "another", runtime: "Chromium 157" }));
    expect(compareBaseline(now, before, options)).toEqual({
      ok: true,
      lines: [
        "mind that the runtime differs: Chromium 157, was Chromium 156",
        "mind that the processor differs: another, was a processor",
        "deit-tiny ours-float: 1000.00 ms, was 1000.00 ms: kept",
      ],
    });
  });

  test("of two machines in the baseline the one with the same processor is meant", () => {
    const before = report(run([row("ours-float", 9)], { id: "other", processor: "another" }), ...baseline.runs);
    const { ok, lines } = compareBaseline(report(run([row("ours-float", 1)], { id: "now" })), before, options);
    expect(ok).toBe(true);
    expect(lines[0]).toBe("deit-tiny ours-float: 1.00 CPU-s, was 1.00 CPU-s: kept");
    expect(lines.at(-1)).toBe("not compared: browser, google swiftshader, another: this report was not measured there");
  });

  test("another adapter, or CPU seconds that nobody read, are no comparison and no success", () => {
    expect(verdict([row("ours-float", 1)], hardware)).toEqual({
      ok: false,
      lines: [
        "not compared: browser, nvidia ampere: the baseline was not measured there",
        "not compared: browser, google swiftshader, a processor: this report was not measured there",
        "no row can be compared",
      ],
    });
    const warm = { timesMs: [1], medianMs: 1, spread: 0, cpuSeconds: null, stoppedBy: null };
    const unread = verdict([row("ours-float", 1, { warm })]);
    expect(unread.ok).toBe(false);
    expect(unread.lines[0]).toContain("were not read");
  });

  test("a row that the baseline lacks is named", () => {
    const { ok, lines } = verdict([row("ours-float", 1), row("ours-w8a8", 1)]);
    expect(ok).toBe(true);
    expect(lines[1]).toBe("deit-tiny ours-w8a8: not compared: the baseline has no figures of it");
  });
});
