import { expect, it } from "vitest";
import { preprocess } from "../images/preprocess.ts";
import type { Pixels } from "../images/pixels.ts";
import type { Preprocessing } from "../images/preprocessing.ts";
import { cropSource } from "./crop-source.ts";

const preprocessing: Preprocessing = {
  inputSize: [4, 4],
  resize: "shortest",
  size: 5,
  interpolation: "bilinear",
  rounding: "torchvision",
  mean: [0.5, 0.4, 0.3],
  std: [0.5, 0.5, 0.2],
};
const picture = (index: number): Pixels => ({
  width: 6,
  height: 5,
  rgb: Uint8Array.from({ length: 90 }, (_, i) => (i * 7 + index * 31) % 256),
});

function counted(most?: number) {
  const decoded: number[] = [];
  const pixelsOf = (index: number): Promise<Pixels> => {
    decoded.push(index);
    return Promise.resolve(picture(index));
  };
  return { decoded, source: cropSource(60, pixelsOf, preprocessing, [], most) };
}

it("gives the numbers of preprocess, and decodes every image once however often it is read", async () => {
  const { decoded, source } = counted();
  const first = await source.batch(0, 2);
  expect([...first.data]).toEqual([...preprocess(picture(0), preprocessing), ...preprocess(picture(1), preprocessing)]);
  expect(await source.batch(0, 2)).toEqual(first);
  expect((await source.batch(1, 2)).data).toEqual(first.data.slice(48));
  expect(decoded).toEqual([0, 1]);
});

it("keeps what lies near where there is no room for all", async () => {
  const { decoded, source } = counted(10 * 48);
  for (let start = 0; start < 60; start += 4) await source.batch(start, start + 4);
  expect(decoded).toHaveLength(60);
  await source.batch(59, 60);
  expect(decoded).toHaveLength(60);
  await source.batch(0, 1);
  expect(decoded).toHaveLength(61);
});
