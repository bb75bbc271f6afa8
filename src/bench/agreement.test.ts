import { expect, test } from "vitest";
import { agreementOf, relativeError } from "./agreement.ts";

test("equal logits agree, scaled ones differ in size only, swapped ones in everything", () => {
  const reference = [1, 2, 3, 6, 5, 4];
  expect(agreementOf(reference, reference, 3)).toEqual({ images: 2, cosine: 1, relativeError: 0, top1: 1 });
  const doubled = agreementOf([2, 4, 6, 12, 10, 8], reference, 3);
  expect(doubled.cosine).toBeCloseTo(1, 12);
  expect(doubled.relativeError).toBe(1);
  expect(doubled.top1).toBe(1);
  const swapped = agreementOf([3, 2, 1, 6, 5, 4], reference, 3);
  expect(swapped.top1).toBe(0.5);
  expect(swapped.cosine).toBeCloseTo((10 + 77) / 91, 12);
});

test("of a longer reference only the images that were run count", () => {
  expect(agreementOf([1, 2, 3], [1, 2, 3, 100, 0, 0], 3)).toMatchObject({ images: 1, relativeError: 0 });
});

test("what is no number is no agreement", () => {
  const broken = agreementOf([Number.NaN, 2, 3], [1, 2, 3], 3);
  expect(broken.relativeError).toBeNaN();
  expect(broken.cosine).toBeNaN();
  expect(relativeError([1], [0])).toBe(1);
});
