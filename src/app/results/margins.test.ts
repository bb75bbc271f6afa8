import { describe, expect, it } from "vitest";
import type { SweepRow } from "../../runner/sweep/sweep.ts";
import { fakeRow } from "../testing/fake-diagnosis.ts";
import { filterRows, sortRows, type ImageRow } from "./image-rows.ts";
import { isNearTie, margins } from "./margins.ts";
import { paretoView } from "./pareto-points.ts";

describe("margins", () => {
  const found = margins({ floatLogits: Float32Array.of(3, 1, 0, 0, 5, 4), quantizedLogits: Float32Array.of(2, 1, 0, 9, 5, 1), classes: 3 });

  it("are the float class's logit over the best other, on both sides", () => {
    expect(found).toEqual([
      { image: 0, classIndex: 0, float: 2, quantized: 1, isFlip: false },
      { image: 1, classIndex: 1, float: 1, quantized: -4, isFlip: true },
    ]);
  });

  it("are near ties in the smallest quarter", () => {
    const all = [4, 1, 3, 2, 8, 7, 6, 5].map((float, image) => ({ image, classIndex: 0, float, quantized: 0, isFlip: false }));
    expect(all.filter((one) => isNearTie(one, all)).map(({ float }) => float)).toEqual([1, 2]);
    expect(found.filter((one) => isNearTie(one, found)).map(({ image }) => image)).toEqual([1]);
  });
});

describe("image rows", () => {
  const row = (klDivergence: number, margin: number, isTie: boolean) =>
    ({ klDivergence, margin, isNearTie: isTie, mark: "same" }) as ImageRow;
  const rows = [row(1, 3, false), row(3, 2, false), row(2, 1, true)];

  it("are sorted by what changed most or what is least sure, and filtered by near ties", () => {
    expect(sortRows(rows, "kl").map(({ klDivergence }) => klDivergence)).toEqual([3, 2, 1]);
    expect(sortRows(rows, "margin").map(({ margin }) => margin)).toEqual([1, 2, 3]);
    expect(sortRows(rows, "given")).toBe(rows);
    expect(filterRows(rows, "near-tie")).toEqual([rows[2]]);
  });
});

describe("paretoView", () => {
  const row = (bits: string, quantizedBytes: number, klDivergence: number): SweepRow => {
    const made = fakeRow("repq-vit", "RepQ-ViT", bits);
    return { ...made, quantizedBytes, quality: { ...made.quality, klDivergence } };
  };
  const rows = [row("8/8", 100, 0.1), row("4/4", 50, 0.5), row("3/3", 60, 0.6)];

  it("has the float model at its true 0 and marks what no other beats", () => {
    const { points, recipes } = paretoView(rows, { floatBytes: 400, floatMs: 9 }, "bytes");
    expect(points.map(({ label, cost, error, isFront }) => [label, cost, error, isFront])).toEqual([
      ["float", 400, 0, true],
      ["RepQ-ViT 8/8", 100, 0.1, true],
      ["RepQ-ViT 4/4", 50, 0.5, true],
      ["RepQ-ViT 3/3", 60, 0.6, false],
    ]);
    expect(recipes).toEqual(["RepQ-ViT"]);
  });

  it("tells contestants apart that differ only in what their rules say", () => {
    const ruled = (bits: number): SweepRow => ({ ...row("4/4", 50, 0.4), label: "RepQ-ViT, 1 rule", rules: [{ where: ["head"], bits }] });
    const { recipes, points } = paretoView([...rows, ruled(8), ruled(6), ruled(8)], null, "bytes");
    expect(recipes).toEqual(["RepQ-ViT", "RepQ-ViT, 1 rule", "RepQ-ViT, 1 rule (2)"]);
    expect(points.at(-1)?.label).toBe("RepQ-ViT, 1 rule 4/4");
  });

  it("takes times when asked, and does without the float model", () => {
    expect(paretoView(rows, null, "ms").points.map(({ cost }) => cost)).toEqual([640, 640, 640]);
  });
});
