import { expect, test } from "vitest";
import { tensor } from "../tensor/tensor.ts";
import { gatherIndices, maskedBias, mergeOrder, rasterOrder, relativeBias, sameOrder, windowOrder } from "./windows.ts";

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

test("a relative bias depends on the distance alone; the mask hides what the roll brought together", () => {
  const table = tensor(
    [9, 1],
    Float32Array.from({ length: 9 }, (_, i) => i),
  );
  const bias = relativeBias(table, 2);
  // i = j is entry (1, 1) of 3 x 3; token 0 looking at token 3 lies one up and one left.
  expect([...bias.data]).toEqual([4, 3, 1, 0, 5, 4, 2, 1, 7, 6, 4, 3, 8, 7, 5, 4]);
  const masked = maskedBias(bias, [4, 4], 2, 1);
  expect(masked.shape).toEqual([4, 4, 4]);
  expect(masked.data.slice(0, 16)).toEqual(bias.data);
  // The second window holds columns 3 and 0 of the rolled image.
  expect(masked.data.slice(16, 20)).toEqual(Float32Array.of(4, 3 - 100, 1, 0 - 100));
});
