import { expect, test } from "vitest";
import {
  gatherIndices,
  mergeOrder,
  rasterOrder,
  relativeIndices,
  relativeIndicesWithClass,
  sameOrder,
  windowOrder,
  windowRegions,
} from "./windows.ts";

test("windows of a 4 x 4 image, and after a roll by one", () => {
  expect(windowOrder([4, 4], 2, 0)).toEqual([0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15]);
  expect(windowOrder([4, 4], 2, 1).slice(0, 8)).toEqual([5, 6, 9, 10, 7, 4, 11, 8]);
});

test("moving rows from one order to another and back gives the rows back", () => {
  const [a, b] = [windowOrder([4, 6], 2, 0), windowOrder([4, 6], 2, 1)];
  const moved = Array.from(gatherIndices(a, b).data, (row) => a[row]);
  expect(moved).toEqual(b);
  expect(Array.from(gatherIndices(b, a).data, (row) => moved[row])).toEqual(a);
  expect(sameOrder(a, b)).toBe(false);
});

test("four rows of a square lie side by side, columns first", () => {
  expect(mergeOrder([4, 4], rasterOrder([2, 2]))).toEqual([0, 4, 1, 5, 2, 6, 3, 7, 8, 12, 9, 13, 10, 14, 11, 15]);
});

test("a relative position depends on the distance alone", () => {
  // Two columns, two rows: i = j is entry (1, 1) of 3 x 3; token 0 looking at token 3 lies one up and one left.
  expect([...relativeIndices(2).data]).toEqual([4, 3, 1, 0, 5, 4, 2, 1, 7, 6, 4, 3, 8, 7, 5, 4]);
  const withClass = relativeIndicesWithClass([1, 2], 6);
  expect([...withClass.data]).toEqual([5, 3, 3, 4, 1, 0, 4, 2, 1]);
});

test("regions part what the roll brought together", () => {
  // 4 x 4 in windows of 2, rolled by 1: the second window holds columns 3 and 0.
  expect(windowRegions([4, 4], 2, 1).shape).toEqual([4, 4]);
  expect([...windowRegions([4, 4], 2, 1).data].slice(0, 8)).toEqual([0, 0, 0, 0, 1, 2, 1, 2]);
});
