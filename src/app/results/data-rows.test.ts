import { expect, it } from "vitest";
import { countUses, dataRows } from "./data-rows.ts";

const items = [
  { name: "a/Cat.png", label: 0, use: "calibration" },
  { name: "a/dog.png", label: 1, use: "both" },
  { name: "b/cat.png", label: 0, use: "unused" },
  { name: "b/x.heic", label: null, use: "skipped" },
] as const;

it("filters by use and name and keeps each image's place", () => {
  expect(dataRows(items, "all", "cat").map(({ index }) => index)).toEqual([0, 2]);
  expect(dataRows(items, "evaluation", "").map(({ index }) => index)).toEqual([1]);
  expect(dataRows(items, "calibration", "").map(({ index }) => index)).toEqual([0, 1]);
  expect(dataRows(items, "unused", "a/")).toEqual([]);
});

it("counts images of both sets in each", () => {
  expect(countUses(items)).toEqual({ all: 4, calibration: 2, evaluation: 1, unused: 1, skipped: 1 });
});
