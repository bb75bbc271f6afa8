import { describe, expect, test } from "vitest";
import type { JsonObject } from "../formats/json.ts";
import type { ModelFiles } from "../formats/open-model.ts";
import { expectCode } from "../testing/expect-code.ts";
import { deitPreprocessing } from "./deit.ts";
import { vitPreprocessing } from "./vit.ts";
import { findPreprocessing } from "./preprocessing.ts";

const imagenet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
const half = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };

interface Case {
  readonly config?: JsonObject;
  readonly preprocessor?: JsonObject;
  readonly family?: "vit" | "deit";
  readonly naming?: "timm" | "huggingface";
  readonly imageSize?: readonly [number, number];
}

function find({ config, preprocessor, family = "vit", naming = "timm", imageSize = [224, 224] }: Case) {
  const files = { name: "m", config: config ?? null, preprocessor: preprocessor ?? null } as ModelFiles;
  return findPreprocessing(files, { vit: vitPreprocessing, deit: deitPreprocessing }[family], naming, { imageSize });
}

describe("by family, when no file tells", () => {
  test("timm: floor(224 / 0.9), bicubic, centre crop", () => {
    const expected = { inputSize: [224, 224], resize: "shortest", size: 248, interpolation: "bicubic", rounding: "torchvision" };
    expect(find({})).toEqual({ preprocessing: { ...expected, ...half }, assumed: true, notes: [] });
    expect(find({ family: "deit" }).preprocessing).toEqual({ ...expected, ...imagenet });
  });

  test("Hugging Face: ViT squashes bilinearly, DeiT squashes to 256 bicubically and crops", () => {
    const expected = { inputSize: [224, 224], resize: "squash", rounding: "huggingface" };
    expect(find({ naming: "huggingface" }).preprocessing).toEqual({ ...expected, size: 224, interpolation: "bilinear", ...half });
    expect(find({ naming: "huggingface", family: "deit" }).preprocessing).toEqual({
      ...expected,
      size: 256,
      interpolation: "bicubic",
      ...imagenet,
    });
  });
});

describe("timm's pretrained_cfg", () => {
  test("is followed, also when its fields lie at the top", () => {
    const pretrained_cfg = { input_size: [3, 224, 224], interpolation: "bilinear", crop_pct: 0.875, crop_mode: "center", ...imagenet };
    const expected = {
      inputSize: [224, 224],
      resize: "shortest",
      size: 256,
      interpolation: "bilinear",
      rounding: "torchvision",
      ...imagenet,
    };
    expect(find({ config: { pretrained_cfg } })).toEqual({ preprocessing: expected, assumed: false, notes: [] });
    expect(find({ config: pretrained_cfg }).preprocessing).toEqual(expected);
  });

  test("crop 1.0 and squash", () => {
    const { preprocessing } = find({ config: { pretrained_cfg: { crop_pct: 1, crop_mode: "squash", interpolation: "lanczos", ...half } } });
    expect(preprocessing).toMatchObject({ resize: "squash", size: 224, interpolation: "lanczos" });
  });

  test("what it leaves out is timm's default and assumed; what cannot be done is noted", () => {
    expect(find({ config: { crop_pct: 0.95 } })).toMatchObject({
      assumed: true,
      preprocessing: { size: 235, interpolation: "bicubic", ...imagenet },
    });
    expect(find({ config: { crop_mode: "border", ...half } }).notes[0]).toContain("border");
    expect(find({ config: { interpolation: "random", ...half } }).notes[0]).toContain("random");
    expect(find({ config: { ...half }, imageSize: [128, 256] }).assumed).toBe(true);
  });
});

describe("preprocessor_config.json", () => {
  const base = { image_mean: [0.1, 0.2, 0.3], image_std: [0.4, 0.5, 0.6], resample: 3 };
  const colours = { mean: [0.1, 0.2, 0.3], std: [0.4, 0.5, 0.6] };

  test.each([
    ["a number", { size: 224 }, { resize: "squash", size: 224 }],
    ["height and width", { size: { height: 224, width: 224 } }, { resize: "squash", size: 224 }],
    [
      "shortest edge and crop",
      { size: { shortest_edge: 256 }, do_center_crop: true, crop_size: { height: 224, width: 224 } },
      { resize: "shortest", size: 256 },
    ],
    ["DeiT: squash, then crop", { size: 256, do_center_crop: true, crop_size: 224 }, { resize: "squash", size: 256 }],
    ["no resizing", { size: 224, do_resize: false }, { resize: "none", size: 224 }],
  ])("size as %s", (_name, fields, expected) => {
    const found = find({ preprocessor: { ...base, ...fields }, config: { pretrained_cfg: half } });
    expect(found).toEqual({
      preprocessing: { inputSize: [224, 224], interpolation: "bicubic", rounding: "huggingface", ...colours, ...expected },
      assumed: false,
      notes: [],
    });
  });

  test("resampling by PIL's codes", async () => {
    const names = [0, 1, 2, 3, 4, 5].map(
      (resample) => find({ preprocessor: { ...base, resample, size: 224 } }).preprocessing.interpolation,
    );
    expect(names).toEqual(["nearest", "lanczos", "bilinear", "bicubic", "box", "hamming"]);
    await expectCode("CONFIG_INVALID", () => find({ preprocessor: { ...base, resample: 6 } }));
    await expectCode("CONFIG_INVALID", () => find({ preprocessor: { ...base, image_mean: [1, 2] } }));
  });

  test("other scales of values come out as mean and std of 0..1", () => {
    expect(find({ preprocessor: { ...base, size: 224, rescale_factor: 0.00392156862745098 } }).preprocessing).toMatchObject(colours);
    const raw = find({
      preprocessor: { size: 224, do_rescale: false, image_mean: [127.5, 0, 255], image_std: [255, 255, 51] },
    }).preprocessing;
    expect(raw).toMatchObject({ mean: [0.5, 0, 1], std: [1, 1, 0.2] });
    expect(find({ preprocessor: { ...base, size: 224, do_normalize: false } }).preprocessing).toMatchObject({
      mean: [0, 0, 0],
      std: [1, 1, 1],
    });
  });

  test("another size than the network's is scaled to it and noted", () => {
    const found = find({
      preprocessor: { ...base, size: { shortest_edge: 256 }, do_center_crop: true, crop_size: 224 },
      imageSize: [448, 448],
    });
    expect(found).toMatchObject({ assumed: true, preprocessing: { inputSize: [448, 448], size: 512 } });
    expect(found.notes[0]).toContain("224 x 224");
  });
});
