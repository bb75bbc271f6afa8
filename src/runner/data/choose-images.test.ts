import { expect, it } from "vitest";
import { defaultRule, imageOrder, splitImages } from "./choose-images.ts";

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

it("keeps calibration and evaluation apart as soon as there are 40", () => {
  const few = splitImages(numbers(39));
  expect([few.calibration.length, few.evaluation.length, few.leakage]).toEqual([32, 39, true]);
  const enough = splitImages(numbers(40));
  expect([enough.calibration.length, enough.evaluation.length, enough.leakage]).toEqual([32, 8, false]);
  expect(enough.evaluation.some((image) => enough.calibration.includes(image))).toBe(false);
  const many = splitImages(numbers(500));
  expect(many.evaluation).toEqual(numbers(96).slice(32));
  expect(many.calibration).toEqual([...numbers(32), ...numbers(128).slice(96)]);
});

it("follows the counts that are asked for", () => {
  const split = splitImages(numbers(100), { calibrationCount: 10, evaluationCount: 50 });
  expect(split).toEqual({ calibration: numbers(10), evaluation: numbers(60).slice(10), leakage: false });
  expect(splitImages(numbers(12), { calibrationCount: 8, evaluationCount: 4 })).toMatchObject({
    leakage: false,
    evaluation: [8, 9, 10, 11],
  });
});

it("shuffles by seed: a permutation, the same every time, another one for another seed", () => {
  const order = imageOrder(1000, { order: "shuffled", seed: 1 });
  expect(order.toSorted((a, b) => a - b)).toEqual(numbers(1000));
  expect(imageOrder(1000, { order: "shuffled", seed: 1 })).toEqual(order);
  expect(imageOrder(1000, { order: "shuffled", seed: 2 })).not.toEqual(order);
  // Nowhere near the order given: a shuffled index lies a third of the length away on average.
  const distance = order.reduce((sum, index, at) => sum + Math.abs(index - at), 0) / 1000;
  expect(distance).toBeGreaterThan(280);
  expect(distance).toBeLessThan(390);
  expect(imageOrder(3, { order: "given", seed: 9 })).toEqual([0, 1, 2]);
});

it("shuffles only where not all images are used", () => {
  expect(defaultRule(128).order).toBe("given");
  expect(defaultRule(129)).toMatchObject({ order: "shuffled", seed: 1 });
});
