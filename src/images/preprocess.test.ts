import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { InputError } from "../tensor/input-error.ts";
import { cropForDisplay, normalize, preprocess } from "./preprocess.ts";
import { sizeFromCropPct } from "./preprocessing.ts";
import type { Preprocessing } from "./preprocessing.ts";
import { patternPixels } from "./testing-pattern.ts";

interface CropCase {
  readonly rounding: "torchvision" | "huggingface";
  readonly from: [number, number];
  readonly size: number;
  readonly crop: [number, number];
  readonly hex?: string;
  readonly sha256?: string;
}
interface NormalizeCase {
  readonly mean: [number, number, number];
  readonly std: [number, number, number];
  readonly f32Sha256: string;
}

function golden<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`goldens/${name}.json`, import.meta.url), "utf8")) as T;
}
const crops = golden<{ cases: CropCase[] }>("crop").cases;
const normalizations = golden<{ cases: NormalizeCase[] }>("normalize").cases;

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const plain: Preprocessing = {
  inputSize: [4, 6],
  resize: "squash",
  size: 4,
  interpolation: "bilinear",
  rounding: "torchvision",
  mean: [0.5, 0.5, 0.5],
  std: [0.5, 0.25, 0.125],
};

describe("resize of the shorter side and centre crop equal Pillow with the library's rules", () => {
  test.each(crops)("$rounding $from, $size, $crop", ({ rounding, from, size, crop, hex, sha256: hash }) => {
    const [width, height] = crop;
    const p: Preprocessing = { ...plain, inputSize: [height, width], resize: "shortest", size, interpolation: "bicubic", rounding };
    const shown = cropForDisplay(patternPixels(...from), p);
    expect([shown.width, shown.height]).toEqual(crop);
    if (hex !== undefined) expect(Buffer.from(shown.rgb).toString("hex")).toBe(hex);
    else expect(sha256(shown.rgb)).toBe(hash);
  });

  test("the goldens can tell the two rules apart", () => {
    const half = crops.length / 2;
    const differing = crops.slice(0, half).filter((c, i) => (c.hex ?? c.sha256) !== (crops[half + i].hex ?? crops[half + i].sha256));
    expect(differing.length).toBeGreaterThanOrEqual(4);
  });
});

describe("normalisation", () => {
  test.each(normalizations)("equals numpy in f32 for all 256 levels, mean $mean", ({ mean, std, f32Sha256 }) => {
    const rgb = Uint8Array.from({ length: 256 * 3 }, (_, i) => Math.trunc(i / 3));
    const tensor = normalize({ width: 256, height: 1, rgb }, { mean, std });
    expect(sha256(new Uint8Array(tensor.buffer))).toBe(f32Sha256);
  });

  test("lays the channels out as planes of rows", () => {
    const image = { width: 2, height: 2, rgb: Uint8Array.of(0, 255, 51, 255, 0, 51, 0, 255, 51, 255, 0, 51) };
    const tensor = preprocess(image, { ...plain, inputSize: [2, 2], size: 2, mean: [0, 0, 0], std: [1, 2, 4] });
    const fifth = Math.fround(51 / 255) / 4;
    expect([...tensor]).toEqual([0, 1, 0, 1, 0.5, 0, 0.5, 0, fifth, fifth, fifth, fifth]);
  });
});

test("squash gives the input size whatever the aspect", () => {
  const shown = cropForDisplay(patternPixels(31, 7), plain);
  expect([shown.width, shown.height, shown.rgb.length]).toEqual([6, 4, 72]);
});

test("squash to more than the input is cropped at the centre: the middle of the larger squash", () => {
  const image = patternPixels(31, 7);
  const whole = cropForDisplay(image, { ...plain, inputSize: [8, 12], size: 8 });
  const part = cropForDisplay(image, { ...plain, inputSize: [4, 6], size: 8 });
  const middle = Array.from({ length: 4 }, (_, row) => [...whole.rgb.subarray(3 * ((row + 2) * 12 + 3), 3 * ((row + 2) * 12 + 9))]).flat();
  expect([...part.rgb]).toEqual(middle);
});

test("an extreme aspect costs only what the crop shows", () => {
  const p: Preprocessing = { ...plain, inputSize: [224, 224], resize: "shortest", size: 256, interpolation: "bicubic" };
  const shown = cropForDisplay(patternPixels(40000, 2), p);
  expect([shown.width, shown.height]).toEqual([224, 224]);
});

test("without a resize, only images of the input size pass", () => {
  const image = patternPixels(6, 4);
  expect(cropForDisplay(image, { ...plain, resize: "none" })).toEqual(image);
  const attempt = (): unknown => cropForDisplay(patternPixels(4, 6), { ...plain, resize: "none" });
  expect(attempt).toThrow(InputError);
  expect(attempt).toThrow(expect.objectContaining({ code: "IMAGE_SIZE_MISMATCH", what: "The image is 4 x 6 pixels." }));
});

test("timm's crop_pct becomes a floored size", () => {
  expect([sizeFromCropPct(224, 0.9), sizeFromCropPct(224, 0.875), sizeFromCropPct(224, 1), sizeFromCropPct(384, 0.95)]).toEqual([
    248, 256, 224, 404,
  ]);
});
