import { expect, test } from "vitest";
import { smallImages } from "../testing/small-vit.ts";
import { tensor } from "../tensor/tensor.ts";
import { digestImages, overlapWarning } from "./digest.ts";
import { tensorSource } from "./image-source.ts";

test("images that calibrate and are judged are found by their pixels, wherever they stand", async () => {
  const [all, others] = [smallImages(12, 1), smallImages(10, 2)];
  const [, ...shape] = all.shape;
  const perImage = all.data.length / 12;
  const sourceOf = (data: Float32Array<ArrayBuffer>) => tensorSource(tensor([data.length / perImage, ...shape], data), shape, "images");
  const calibration = await digestImages(sourceOf(all.data), 9);
  expect(calibration).toHaveLength(9);
  const judged = others.data.slice();
  judged.set(all.data.subarray(8 * perImage, 9 * perImage), 3 * perImage);
  judged.set(all.data.subarray(11 * perImage), 4 * perImage);
  const warning = overlapWarning(calibration, await digestImages(sourceOf(judged)));
  expect(warning).toMatchObject({ code: "CALIBRATION_OVERLAP", text: expect.stringMatching(/^1 of 10 evaluation images/) as string });
  expect(overlapWarning(calibration, await digestImages(sourceOf(others.data)))).toBeNull();
});
