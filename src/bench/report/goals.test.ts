import { describe, expect, test } from "vitest";
import { GOAL_CONTENDERS, goalsOf } from "./goals.ts";
import { gone, hardware, report, row, run } from "./made-report.ts";
import { reportMarkdown } from "./markdown.ts";
import type { SpeedRun } from "./schema.ts";

describe("goals", () => {
  const peers = [row("ort-web-webgpu-float", 10), row("ort-web-webgpu-int8", 8), row("ort-web-webgpu-int4", 4)];
  const rows = [row("ours-float", 1.1), row("ours-w8a8", 1.2), row("ours-w4a4", 1.5), ...peers];
  const reasons = (given: SpeedRun) => goalsOf(report(given)).map(({ reason }) => reason);

  test("each with its limit: warm from the GPU process's seconds, cold from all; a peer's is a least, not a most", () => {
    expect(goalsOf(report(run(rows))).map(({ measured, limit, isKept }) => [measured, limit, isKept])).toEqual([
      [1.1, 1.2, true],
      [expect.closeTo(1.2 / 1.1, 10), 1.2, true],
      [expect.closeTo(1.5 / 1.1, 10), 1.2, false],
      [expect.closeTo(10 / 1.1, 10), 10, false],
      [expect.closeTo(0.11, 10), 0.25, true],
      [expect.closeTo(0.15, 10), 0.25, true],
      [expect.closeTo(0.375, 10), 0.25, false],
    ]);
    expect(reasons(run(rows))).toEqual(Array(7).fill(null));
  });

  test("they mean a browser on a software adapter and a model that was asked for", () => {
    expect(goalsOf(report(run(rows, hardware)))).toEqual([]);
    expect(goalsOf(report(run(rows, { place: "node" })))).toEqual([]);
    expect(goalsOf(report(run(rows, { asked: { models: ["small"], contenders: [] } })))).toEqual([]);
  });

  test("one contender alone: what its peers are needed for is not measured, and not kept", () => {
    const goals = goalsOf(report(run([row("ours-float", 1)])));
    expect(goals.map(({ measured, isKept }) => [measured, isKept])).toEqual([[1, true], ...Array<unknown>(6).fill([null, false])]);
    expect(goals[3].reason).toBe("ort-web-webgpu-float was not asked for");
    expect(goals[5].reason).toBe("ours-w8a8 was not asked for; ort-web-webgpu-int8 was not asked for");
    const asked = { models: ["deit-tiny"], contenders: [...GOAL_CONTENDERS] };
    expect(reasons(run([], { asked }))[0]).toBe("ours-float was asked for and has no row");
  });

  test("a row that was left out, or whose CPU seconds nobody read, takes its goals along with the reason", () => {
    const others = rows.filter(({ contender }) => contender !== "ours-w8a8");
    const lost = reasons(run([gone("ours-w8a8", "device lost"), ...others]));
    const why = "ours-w8a8 was left out: device lost";
    expect(lost).toEqual([null, why, null, null, null, why, null]);
    const unread = row("ours-w8a8", 1, { warm: { timesMs: [1], medianMs: 1, spread: 0, cpuSeconds: null, stoppedBy: null } });
    expect(reasons(run([unread, ...others]))[1]).toBe("ours-w8a8 has no CPU seconds");
  });

  test("the table shows what was not measured", () => {
    const text = reportMarkdown(report(run([row("ours-float", 1.3), gone("ours-w8a8", "device lost")])));
    expect(text).toContain("| 1.30 | 1.2 | BROKEN |");
    expect(text).toContain("| W8A8 / float | – | 1.2 | not measured: ours-w8a8 was left out: device lost |");
  });
});
