import { expect, it } from "vitest";
import { smallVit } from "../../testing/small-vit.ts";
import { tensor } from "../../tensor/tensor.ts";
import type { Preprocessing } from "../../images/preprocessing.ts";
import { betterTrial, checkNormalisation, type NormalisationTrial } from "./check-normalisation.ts";

const base = { inputSize: [4, 4], resize: "none", size: 4, interpolation: "bicubic", rounding: "torchvision" } as const;
const imagenet: Preprocessing = { ...base, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

/** Grey images of 0.75 as a model trained on -1 to 1 knows them: 0.5 in every pixel. It is sure, and right, there alone. */
function request(preprocessing: Preprocessing, labels: Int32Array | null) {
  const source = ({ mean, std }: Preprocessing) => ({
    count: 4,
    batch: (start: number, end: number) => {
      const data = Float32Array.from(
        { length: (end - start) * 48 },
        (_, i) => (0.75 - mean[Math.floor(i / 16) % 3]) / std[Math.floor(i / 16) % 3],
      );
      return Promise.resolve(tensor([end - start, 3, 4, 4], data));
    },
  });
  const run = (pixels: { readonly data: Float32Array; readonly shape: readonly number[] }) => {
    const isKnown = Math.abs(pixels.data[0] - 0.5) < 1e-6;
    const data = Float32Array.from({ length: pixels.shape[0] * 3 }, (_, i) => (i % 3 === (isKnown ? 1 : 0) ? (isKnown ? 6 : 1) : 0));
    return Promise.resolve({ logits: tensor([pixels.shape[0], 3], data), taps: new Map() });
  };
  let closed = 0;
  const open = () =>
    Promise.resolve({ run, destroy: () => closed++ } as unknown as Awaited<ReturnType<Parameters<typeof checkNormalisation>[0]["open"]>>);
  return { request: { float: smallVit(1), preprocessing, source, labels, open }, closed: () => closed };
}

it("finds the scale under which the model is right, or sure where there are no labels, and closes what it opened", async () => {
  for (const labels of [Int32Array.of(1, 1, 1, 1), null]) {
    const { request: asked, closed } = request(imagenet, labels);
    const { trials, better, imageCount } = await checkNormalisation(asked);
    expect(trials.map(({ name, isCurrent }) => [name, isCurrent])).toEqual([
      ["ImageNet", true],
      ["0.5 (-1 to 1)", false],
      ["CLIP", false],
      ["none (0 to 1)", false],
    ]);
    expect([better, imageCount, closed()]).toEqual([1, 4, 1]);
    expect(trials.map(({ accuracy }) => accuracy)).toEqual(labels ? [0, 1, 0, 0] : [null, null, null, null]);
    expect(trials[1].confidence).toBeCloseTo(Math.exp(6) / (Math.exp(6) + 2), 6);
  }
  const half: Preprocessing = { ...base, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };
  expect((await checkNormalisation(request(half, null).request)).better).toBeNull();
  const own = await checkNormalisation(request({ ...half, mean: [0.4, 0.4, 0.4] }, null).request);
  expect(own.trials.map(({ name }) => name)).toEqual(["as the model says", "ImageNet", "0.5 (-1 to 1)", "CLIP", "none (0 to 1)"]);
});

it("accuracy counts before confidence, and small gains do not", () => {
  const trial = (isCurrent: boolean, accuracy: number | null, confidence: number): NormalisationTrial => ({
    name: "",
    mean: [0, 0, 0],
    std: [1, 1, 1],
    isCurrent,
    accuracy,
    confidence,
  });
  expect(betterTrial([trial(true, 0.9, 0.5), trial(false, 0.8, 0.9)])).toBeNull();
  expect(betterTrial([trial(true, 0.5, 0.9), trial(false, 0.6, 0.5), trial(false, 0.7, 0.5)])).toBe(2);
  expect(betterTrial([trial(true, null, 0.6), trial(false, null, 0.65)])).toBeNull();
});
