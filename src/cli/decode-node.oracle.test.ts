import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { cropForDisplay, preprocess } from "../images/preprocess.ts";
import type { Pixels } from "../images/pixels.ts";
import type { Preprocessing } from "../images/preprocessing.ts";
import { decodeInNode } from "./decode-node.ts";

const goldens = new URL("../images/goldens/", import.meta.url);
const shared = new URL("../../../shared/", import.meta.url);

const read = (url: URL): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(url));
const json = <T>(name: string): T => JSON.parse(readFileSync(new URL(name, goldens), "utf8")) as T;
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const imagenet: Preprocessing = {
  inputSize: [224, 224],
  resize: "shortest",
  size: 256,
  interpolation: "bicubic",
  rounding: "torchvision",
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
};

const photos = json<{ photos: Record<string, { decoded: string; cropped: string }> }>("photo-hashes.json").photos;

test("84 ImageNet photographs decode and resize as in Pillow", { timeout: 60_000 }, async () => {
  const folder = new URL("data/photos/", shared);
  const names = readdirSync(folder);
  expect(names.length).toBe(84);
  for (const name of names) {
    const pixels = await decodeInNode(read(new URL(name, folder)), name);
    expect(sha256(pixels.rgb), `${name} decoded`).toBe(photos[name].decoded);
    expect(sha256(cropForDisplay(pixels, imagenet).rgb), `${name} cropped`).toBe(photos[name].cropped);
  }
});

describe("the oracle's images", () => {
  const official: Preprocessing = { ...imagenet, interpolation: "bilinear", mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };
  const folder = new URL("data/tiny-imagenet/official/", shared);

  async function evaluationImages(count: number): Promise<Pixels[]> {
    const rows = readFileSync(new URL("oracle/vit-tiny-tinyimagenet/images.csv", shared), "utf8").trim().split("\n");
    const evaluation = rows.map((row) => row.split(",")).filter(([role]) => role.startsWith("eval"));
    const names = evaluation.slice(0, count).map(([, name]) => name);
    return Promise.all(names.map((name) => decodeInNode(read(new URL(name, folder)), name)));
  }

  test("the first four after resize and crop are equal to the bit", async () => {
    const { shape, data } = firstTensor(read(new URL("oracle/vit-tiny-tinyimagenet/preprocessed_u8_first4.safetensors", shared)));
    expect(shape).toEqual([4, 3, 224, 224]);
    const plane = 224 * 224;
    const images = await evaluationImages(4);
    images.forEach((pixels, n) => {
      const { rgb } = cropForDisplay(pixels, official);
      const planes = Uint8Array.from({ length: 3 * plane }, (_, i) => rgb[(i % plane) * 3 + Math.trunc(i / plane)]);
      expect(sha256(planes), `image ${n}`).toBe(sha256(data.subarray(n * 3 * plane, (n + 1) * 3 * plane)));
      // mean and std of 0.5 and levels of 1/255: the f32 steps are (u/255 - 0.5) / 0.5
      const tensor = preprocess(pixels, official);
      const expected = Float32Array.from(planes, (u) => Math.fround(Math.fround(u / 255) - 0.5) * 2);
      expect(sha256(new Uint8Array(tensor.buffer)), `tensor ${n}`).toBe(sha256(new Uint8Array(expected.buffer)));
    });
  });
});

/** The one tensor of a small safetensors file. */
function firstTensor(file: Uint8Array): { shape: number[]; data: Uint8Array } {
  const headerBytes = Number(new DataView(file.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + headerBytes))) as Record<
    string,
    { shape: number[]; data_offsets: [number, number] }
  >;
  const entry = Object.entries(header).filter(([name]) => name !== "__metadata__")[0][1];
  return { shape: entry.shape, data: file.subarray(8 + headerBytes + entry.data_offsets[0], 8 + headerBytes + entry.data_offsets[1]) };
}
