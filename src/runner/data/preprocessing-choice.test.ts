import { describe, expect, it } from "vitest";
import type { Preprocessing } from "../../images/preprocessing.ts";
import { expectCode } from "../../testing/expect-code.ts";
import type { OpenModel } from "../open-model.ts";
import { printPreprocessing, samePreprocessing } from "../../images/print-preprocessing.ts";
import { parsePreprocessing, withPreprocessing } from "./preprocessing-choice.ts";

const own: Preprocessing = {
  inputSize: [224, 224],
  resize: "shortest",
  size: 248,
  interpolation: "bicubic",
  rounding: "torchvision",
  mean: [0.48145466, 0.4578275, 1 / 3],
  std: [0.5, 0.1 + 0.2, 0.5],
};

describe("parsePreprocessing", () => {
  it("reads back what is printed, to the bit", () => {
    expect(parsePreprocessing(printPreprocessing(own), { ...own, mean: [0, 0, 0], std: [1, 1, 1], size: 1, resize: "none" })).toEqual(own);
  });

  it("changes what it names and nothing else", () => {
    expect(parsePreprocessing("size=256, filter=lanczos", own)).toEqual({ ...own, size: 256, interpolation: "lanczos" });
    expect(parsePreprocessing("colours=none,resize=squash", own)).toEqual({ ...own, resize: "squash", mean: [0, 0, 0], std: [1, 1, 1] });
    expect(parsePreprocessing("mean=0.5,std=0.25", own)).toEqual({ ...own, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] });
  });

  it("refuses what is none", async () => {
    const faults = ["", "crop=3", "size=0", "size=9999", "size=2.5", "filter=sinc", "colours=cifar", "mean=0.5/0.5", "std=0/1/1", "mean=a/b/c", "std=-1"]; // prettier-ignore
    for (const fault of faults) await expectCode("PREPROCESSING_INVALID", () => parsePreprocessing(fault, own));
  });
});

it("withPreprocessing: what was assumed is not any more", () => {
  const model = { card: { preprocessing: own, assumed: ["epsilon", "preprocessing"] } } as unknown as OpenModel;
  const { card } = withPreprocessing(model, "size=300");
  expect([card.preprocessing.size, card.assumed]).toEqual([300, ["epsilon"]]);
  expect(withPreprocessing(model, null)).toBe(model);
  expect([samePreprocessing(own, card.preprocessing), samePreprocessing(own, { ...own })]).toEqual([false, true]);
});
