import { expect, test } from "vitest";
import { heldSource } from "./lab-images.ts";

const preprocessing = {
  inputSize: [1, 2],
  resize: "none",
  size: 1,
  interpolation: "bilinear",
  rounding: "torchvision",
  mean: [0.5, 0.5, 0.5],
  std: [0.5, 0.5, 0.5],
} as const;

test("held images become normalised planes", async () => {
  const pixels = { width: 2, height: 1, rgb: Uint8Array.of(0, 255, 0, 255, 0, 255) };
  const source = heldSource([{ id: "a", name: "a.png", label: null, facts: null, crop: pixels }], preprocessing);
  expect([...(await source.batch(0, 1)).data]).toEqual([-1, 1, 1, -1, -1, 1]);
});
