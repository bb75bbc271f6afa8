import { expect, it } from "vitest";
import { fakeCard } from "../testing/fake-data.ts";
import { preprocessingDifferences } from "./preprocessing-differences.ts";

it("says what was chosen otherwise, and nothing where nothing was", () => {
  const { preprocessing } = fakeCard(4);
  expect(preprocessingDifferences(preprocessing, { ...preprocessing })).toEqual([]);
  expect(preprocessingDifferences(preprocessing, { ...preprocessing, size: 80, mean: [0, 0, 0] })).toEqual([
    { name: "resized to", stated: "72 pixels", chosen: "80 pixels" },
    { name: "mean", stated: "0.5 0.5 0.5", chosen: "0 0 0" },
  ]);
});
