import { describe, expect, it } from "vitest";
import type { Node } from "../../graph/graph.ts";
import { runNode } from "../../reference/index.ts";
import { runGraph } from "../../reference/run-graph.ts";
import { simulateGraph } from "../../quant/simulate.ts";
import { InputError } from "../../tensor/input-error.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { smallImages, smallVit } from "../../testing/small-vit.ts";
import { tensorSource } from "../image-source.ts";
import { bitSettingName, parseBitSettings } from "./bit-setting.ts";
import { paretoFront } from "./pareto.ts";
import { sweepReport, toCsv, toMarkdown } from "./sweep-report.ts";
import { runSweep, type SweepRequest, type SweepRow } from "./sweep.ts";

const float = smallVit(1);
const images = tensorSource(smallImages(12, 5), float.inputShape, "images");
const opened: string[] = [];

function request(overrides: Partial<SweepRequest> = {}): SweepRequest {
  return {
    float,
    contestants: [{ recipe: "min-max" }, { recipe: "repq-vit" }],
    bits: parseBitSettings("8/8,4/4"),
    calibration: tensorSource(smallImages(4), float.inputShape, "calibration"),
    images,
    labels: Int32Array.from({ length: 12 }, (_, i) => i % 3),
    runNode: (node: Node, inputs: readonly Tensor[]) => Promise.resolve(runNode(node, inputs)),
    open: (graph, isFloat) => {
      opened.push(isFloat ? "float" : "quantized");
      const run = (pixels: Tensor) => Promise.resolve({ logits: (isFloat ? runGraph : simulateGraph)(graph, pixels).output, taps: {} });
      return Promise.resolve({ session: { run, destroy() {} }, executor: "simulated" as const, note: null });
    },
    ...overrides,
  };
}

const context = {
  fingerprint: "f",
  model: "small",
  command: "sweep",
  commit: null,
  runtime: "test",
  adapter: null,
  date: "2026-01-01",
};

describe("parseBitSettings", () => {
  it("reads weights, activations and attention, once each", () => {
    const settings = parseBitSettings("8/8, 4/8,8/8/4,4/8");
    expect(settings).toEqual([
      { weightBits: 8, activationBits: 8 },
      { weightBits: 4, activationBits: 8 },
      { weightBits: 8, activationBits: 8, attentionBits: 4 },
    ]);
    expect(settings.map(bitSettingName)).toEqual(["8/8", "4/8", "8/8/4"]);
  });

  it.each(["8", "9/8", "4/4/4/4", "4/x", "1/8", ""])("refuses %j", (text) => {
    expect(() => parseBitSettings(text)).toThrow(InputError);
  });
});

describe("paretoFront", () => {
  it("keeps what nobody beats, equals included", () => {
    const points = [
      { cost: 1, error: 5 },
      { cost: 2, error: 5 },
      { cost: 3, error: 1 },
      { cost: 3, error: 1 },
      { cost: 2, error: 3 },
    ];
    expect(paretoFront(points)).toEqual([true, false, true, true, true]);
  });
});

describe("runSweep", () => {
  it("gives a row for every recipe and setting, on the same images, as they finish", async () => {
    const streamed: SweepRow[] = [];
    const { rows, imageCount } = await runSweep(request({ onRow: (row) => void streamed.push(row) }));
    expect(rows.map(({ recipe, bits }) => `${recipe} ${bits}`)).toEqual(["min-max 8/8", "min-max 4/4", "repq-vit 8/8", "repq-vit 4/4"]);
    expect(streamed).toEqual(rows);
    expect(imageCount).toBe(12);
    for (const { quality, sharedBy, quantizedBytes } of rows) {
      expect([quality.imageCount, sharedBy]).toEqual([12, 2]);
      expect(quantizedBytes).toBeGreaterThan(0);
    }
    expect(new Set(rows.map(({ quality }) => quality.top1AccuracyFloat)).size).toBe(1);
    const [eight, four] = rows;
    expect([eight.effectiveWeightBits, four.effectiveWeightBits]).toEqual([8, 4]);
    expect(four.quality.klDivergence).toBeGreaterThan(eight.quality.klDivergence);
  });

  it("runs only what an earlier run lacks, and then equals a whole run", async () => {
    const whole = await runSweep(request());
    opened.length = 0;
    const resumed = await runSweep(request({ known: [whole.rows[0], whole.rows[3]] }));
    expect(opened).toEqual(["float", "quantized", "quantized"]);
    const figures = (rows: readonly SweepRow[]) => rows.map(({ recipe, bits, quality }) => ({ recipe, bits, quality }));
    expect(figures(resumed.rows)).toHaveLength(4);
    expect(new Set(figures(resumed.rows).map((row) => JSON.stringify(row)))).toEqual(
      new Set(figures(whole.rows).map((row) => JSON.stringify(row))),
    );
  });

  it("runs a recipe with rules beside the recipe as it is, also where one of both has run before", async () => {
    const rules = [{ where: ["head"], bits: 8 }];
    const [plain, ruled] = [{ recipe: "min-max" }, { recipe: "min-max", rules }];
    const bits = parseBitSettings("4/4");
    const { rows } = await runSweep(request({ contestants: [plain, ruled], bits }));
    expect(rows.map(({ label }) => label)).toEqual(["min-max", "min-max, 1 rule"]);
    expect(rows.map((row) => row.rules)).toEqual([undefined, rules]);
    expect(rows[1].effectiveWeightBits).toBeGreaterThan(rows[0].effectiveWeightBits);
    opened.length = 0;
    const resumed = await runSweep(request({ contestants: [plain, ruled], bits, known: rows.slice(1) }));
    expect(opened).toEqual(["float", "quantized"]);
    expect(resumed.rows.map(({ quantizedBytes }) => quantizedBytes)).toEqual(rows.map(({ quantizedBytes }) => quantizedBytes));
    const csv = toCsv(sweepReport(resumed, context));
    expect(csv).toContain('min-max,"[{""where"":[""head""],""bits"":8}]",4/4');
    const impossible = { recipe: "min-max", rules: [{ where: ["nowhere"], bits: 8 }] };
    opened.length = 0;
    await expect(runSweep(request({ contestants: [plain, impossible] }))).rejects.toMatchObject({ code: "RULES_REFUSED" });
    expect(opened).toEqual([]);
  });

  it("states the bits by layer, those given and those that a recipe allocates", async () => {
    const [uniform] = (await runSweep(request({ contestants: [{ recipe: "min-max" }], bits: parseBitSettings("4/4") }))).rows;
    expect([uniform.effectiveActivationBits, "layerBits" in uniform]).toEqual([expect.closeTo(4.6, 0), false]);
    const layerBits = { head: { weights: 8 } };
    const [given] = (await runSweep(request({ contestants: [{ recipe: "min-max" }], bits: parseBitSettings("4/4"), layerBits }))).rows;
    expect(given.layerBits).toEqual(layerBits);
    // The head has 3 * 8 of all weights: 8 * 12 + 24 * 8 + 8 * 8 + 16 * 8 + 8 * 16 + 3 * 8 = 632.
    expect(given.effectiveWeightBits).toBeCloseTo((4 * 632 + 4 * 24) / 632, 12);
    const [allocated] = (await runSweep(request({ contestants: [{ recipe: "lrp-qvit" }], bits: parseBitSettings("4/4") }))).rows;
    expect(allocated.layerBits?.["blocks.0.mlp.fc1"].weights).toBeGreaterThan(1);
    expect(allocated.effectiveWeightBits).toBeLessThanOrEqual(4);
  });

  it("refuses an unknown recipe before it runs anything", async () => {
    opened.length = 0;
    await expect(runSweep(request({ contestants: [{ recipe: "repq-vit" }, { recipe: "nothing" }] }))).rejects.toMatchObject({
      code: "RECIPE_UNKNOWN",
    });
    expect(opened).toEqual([]);
  });

  it("stops when it is cancelled", async () => {
    const signal = AbortSignal.abort();
    await expect(runSweep(request({ job: { signal } }))).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("sweepReport", () => {
  it("states intervals, the front, and the same figures in CSV and Markdown", async () => {
    const report = sweepReport(await runSweep(request({ contestants: [{ recipe: "min-max" }] })), context);
    expect(report.rows).toHaveLength(2);
    for (const { agreement, quality } of report.rows) {
      expect(agreement.low).toBeLessThanOrEqual(quality.top1Agreement);
      expect(agreement.high).toBeGreaterThanOrEqual(quality.top1Agreement);
    }
    const [head, ...lines] = toCsv(report).trim().split("\n");
    expect(lines).toHaveLength(2);
    const column = (name: string) => head.split(",").indexOf(name);
    expect(Number(lines[1].split(",")[column("kl_divergence")])).toBe(report.rows[1].quality.klDivergence);
    const markdown = toMarkdown(report);
    expect(markdown).toContain("| recipe | W/A 8/8 | W/A 4/4 |");
    expect(markdown).toContain(report.rows[1].quality.klDivergence.toFixed(3));
  });
});
