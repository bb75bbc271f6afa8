import { expect, test } from "vitest";
import { heldSource, holdImage, splitImages } from "./lab-images.ts";

const preprocessing = {
  inputSize: [1, 2],
  resize: "none",
  size: 1,
  interpolation: "bilinear",
  rounding: "torchvision",
  mean: [0.5, 0.5, 0.5],
  std: [0.5, 0.5, 0.5],
} as const;

test("calibration and evaluation images are apart as soon as there are 40", () => {
  const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
  const few = splitImages(numbers(39));
  expect([few.calibration.length, few.evaluation.length, few.leakage]).toEqual([32, 39, true]);
  const enough = splitImages(numbers(40));
  expect([enough.calibration.length, enough.evaluation.length, enough.leakage]).toEqual([32, 8, false]);
  expect(enough.evaluation.some((image) => enough.calibration.includes(image))).toBe(false);
  const many = splitImages(numbers(500));
  expect(many.evaluation).toEqual(numbers(96).slice(32));
  expect(many.calibration).toEqual([...numbers(32), ...numbers(128).slice(96)]);
});

test("held images become normalised planes", async () => {
  const pixels = { width: 2, height: 1, rgb: Uint8Array.of(0, 255, 0, 255, 0, 255) };
  const source = heldSource([holdImage("a", "a.png", null, pixels, preprocessing)], preprocessing);
  expect([...(await source.batch(0, 1)).data]).toEqual([-1, 1, 1, -1, -1, 1]);
});
