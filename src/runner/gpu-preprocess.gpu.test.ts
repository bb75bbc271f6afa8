/** The GPU's preprocessing against the CPU's, which equals Pillow and torch (src/images/preprocess.test.ts). */
import { expect, test } from "vitest";
import { nodeGpu } from "../testing/node-gpu-bundle.ts";
import { preprocess } from "../images/preprocess.ts";
import type { Preprocessing } from "../images/preprocessing.ts";
import { patternPixels } from "../images/testing-pattern.ts";
import { preprocessOnGpu } from "./gpu-preprocess.ts";

const base: Preprocessing = {
  inputSize: [24, 20],
  resize: "shortest",
  size: 28,
  interpolation: "bicubic",
  rounding: "torchvision",
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
};

const cases: readonly (readonly [string, readonly [number, number], Partial<Preprocessing>])[] = [
  ["shrinking", [61, 45], {}],
  ["enlarging", [13, 17], { interpolation: "lanczos" }],
  ["one axis keeps its size", [28, 61], { interpolation: "bilinear" }],
  ["squashed, floored crop", [50, 33], { resize: "squash", rounding: "huggingface", interpolation: "hamming" }],
  ["nearest stays on the CPU", [50, 33], { interpolation: "nearest" }],
  ["a crop beyond the image stays on the CPU", [50, 33], { size: 18, interpolation: "box" }],
];

test.each(cases)("%s", async (_name, [width, height], change) => {
  const gpu = await nodeGpu();
  const [pixels, p] = [patternPixels(width, height), { ...base, ...change }];
  const [actual, expected] = [await preprocessOnGpu(gpu, pixels, p), preprocess(pixels, p)];
  expect(Buffer.from(actual.buffer).equals(Buffer.from(expected.buffer))).toBe(true);
});
