import { expect, test } from "vitest";
import { median, quantile, spread } from "./statistics.ts";

test("median and quantiles lie between neighbours, whatever the order", () => {
  expect(median([5, 1, 9])).toBe(5);
  expect(median([4, 1, 9, 2])).toBe(3);
  expect(quantile([4, 1, 3, 2], 0.25)).toBe(1.75); // numpy.quantile([1, 2, 3, 4], 0.25)
  expect(quantile([7], 0.75)).toBe(7);
  expect(median([])).toBeNaN();
});

test("the spread is what the middle half differs by: one outlier of many does not make it", () => {
  expect(spread([10, 10, 10, 10, 10, 10, 10, 90])).toBe(0);
  expect(spread([8, 10, 12])).toBeCloseTo(0.2, 12); // quartiles 9 and 11 around 10
  expect(spread([0, 0])).toBe(0);
});
