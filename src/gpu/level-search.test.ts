import { expect, test } from "vitest";
import { seededRandom } from "../tensor/random.ts";
import { levelSearch, type LevelSearch } from "./level-search.ts";

/** What a kernel finds for e of a row whose sum is `sum`, with 1 / sum off by `error` of itself: the same arithmetic in f32. */
function found({ starts, shift, first, steps, thresholds }: LevelSearch, e: number, sum: number, error: number): number {
  const probability = Float32Array.of(e * Math.fround((1 + error) / sum));
  const bucket = Math.max(0, (new Uint32Array(probability.buffer)[0] >>> shift) - first);
  let count = starts[Math.min(bucket, starts.length - 1)];
  for (let step = 2 ** steps / 2; step >= 1; step /= 2) if (e >= Math.fround(thresholds[count + step - 1] * sum)) count += step;
  return count;
}

const reached = (thresholds: readonly number[], e: number, sum: number) =>
  thresholds.filter((threshold) => e >= Math.fround(threshold * sum)).length;

const rounded = (values: readonly number[]) => values.map(Math.fround).toSorted((a, b) => a - b);
const random = seededRandom(7);
const books: Readonly<Record<string, readonly number[]>> = {
  "log2, 4 bits": rounded(Array.from({ length: 15 }, (_, i) => 2 ** -(i + 0.5))),
  "log sqrt 2, 8 bits": rounded(Array.from({ length: 60 }, (_, i) => 2 ** (-(i + 0.5) / 2))),
  "uniform, 8 bits": rounded(Array.from({ length: 255 }, (_, i) => (i + 0.5) / 255)),
  "on the borders of buckets": rounded(Array.from({ length: 30 }, (_, i) => 2 ** -i)),
  "with zeros, equal ones, and one that nothing reaches": [0, 0, 0.25, 0.25, 0.25, 2],
  "far apart": rounded([1e-38, 1e-30, 1e-9, 0.9]),
  "close together": rounded(Array.from({ length: 100 }, (_, i) => 0.3 + i * 1e-7)),
  anywhere: rounded(Array.from({ length: 200 }, () => random())),
  none: [],
};

test.each(Object.entries(books))("a search finds every level: %s", (_name, thresholds) => {
  const search = levelSearch(thresholds);
  expect(search.starts.length).toBeLessThanOrEqual(1024);
  for (const sum of [1, 1.37, 17.3, 255].map(Math.fround)) {
    const nearby = thresholds.flatMap((threshold) => [1 - 1e-7, 1, 1 + 1e-7].map((factor) => Math.fround(threshold * sum * factor)));
    const anywhere = Array.from({ length: 500 }, () => Math.fround(2 ** (-40 * random() ** 3)));
    for (const e of [...nearby, ...anywhere, 0, 1].filter((value) => value <= 1)) {
      for (const error of [-1e-6, 0, 1e-6])
        expect({ e, sum, count: found(search, e, sum, error) }).toEqual({ e, sum, count: reached(thresholds, e, sum) });
    }
  }
});

test("few halvings are left for the codebooks that models have", () => {
  const steps = (name: string) => levelSearch(books[name]).steps;
  expect(["log2, 4 bits", "log sqrt 2, 8 bits", "uniform, 8 bits"].map(steps)).toEqual([1, 1, 2]);
});
