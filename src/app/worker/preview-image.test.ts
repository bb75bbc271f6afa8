import { expect, it } from "vitest";
import { fakeCard } from "../testing/fake-data.ts";
import { seeImage } from "./preview-image.ts";

it("shows the crop, and between which numbers the network reads it", () => {
  const { preprocessing } = fakeCard(4);
  const rgb = Uint8Array.from({ length: 80 * 100 * 3 }, (_, i) => (i % 3 === 0 ? 255 : 0));
  const seen = seeImage({ width: 80, height: 100, rgb }, preprocessing);
  expect([seen.crop.width, seen.crop.height, seen.lowest, seen.highest]).toEqual([64, 64, -1, 1]);
  expect(seen.mean).toBeCloseTo(-1 / 3, 5);
  const raw = seeImage({ width: 80, height: 100, rgb }, { ...preprocessing, mean: [0, 0, 0], std: [1, 1, 1] });
  expect([raw.lowest, raw.highest]).toEqual([0, 1]);
});
