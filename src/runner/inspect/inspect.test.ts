import { describe, expect, it } from "vitest";
import { makeGraph } from "../../graph/graph.ts";
import { seededNormal } from "../../tensor/random.ts";
import { tensor } from "../../tensor/tensor.ts";
import type { Progress } from "../../tensor/progress.ts";
import { inspectGraph } from "./inspect-graph.ts";
import { tensorStatistics } from "./tensor-statistics.ts";
import { PREVIEW_BITS, weightSqnrDb } from "./weight-difficulty.ts";

const of = (shape: number[], ...values: number[]) => tensor(shape, Float32Array.from(values));

describe("tensorStatistics", () => {
  it("range, mean, deviation, kurtosis by hand", () => {
    // Mean 2, squared distances 4 1 0 1 4: variance 2; fourth powers 16 1 0 1 16: 6.8 / 4 = 1.7.
    expect(tensorStatistics(of([5], 0, 1, 2, 3, 4))).toEqual({
      low: 0,
      high: 4,
      mean: 2,
      standardDeviation: Math.SQRT2,
      kurtosis: 1.7,
      outlierChannels: null,
    });
  });

  it("kurtosis is near 3 for normal numbers, also far from zero; none for a constant", () => {
    const normal = seededNormal(1);
    const values = Float32Array.from({ length: 40_000 }, () => 100 + normal());
    // The sum of twelve uniforms has kurtosis 3 - 0.1; float32 at 100 keeps five digits of the deviation.
    expect(tensorStatistics(tensor([40_000], values)).kurtosis).toBeCloseTo(2.9, 1);
    expect(tensorStatistics(of([3], 7, 7, 7))).toMatchObject({ kurtosis: null, standardDeviation: 0 });
  });

  it("counts channels that stand out from the median channel", () => {
    expect(tensorStatistics(of([4, 2], 1, -1, 1, 1, -3.1, 0, 3, 0)).outlierChannels).toBe(0); // median 2
    expect(tensorStatistics(of([5, 2], 1, -1, 1, 1, -3.1, 0, 3, 0, 1, 1)).outlierChannels).toBe(1); // median 1; 3 is not more than 3
  });
});

describe("weightSqnrDb", () => {
  it("is infinite where every row lies on its own grid, whatever the rows' scales", () => {
    const row = [0, 1, 2, 3];
    expect(weightSqnrDb(of([2, 4], ...row, ...row.map((x) => x * 1024)), 2)).toBe(Infinity);
  });

  it("by hand: rows -1..2 in steps of 1, one value half way", () => {
    // 0.5 is a tie and goes to 0: noise 0.25, signal 1 + 0.25 + 4 + 0.
    expect(weightSqnrDb(of([1, 4], -1, 0.5, 2, 0), 2)).toBeCloseTo(10 * Math.log10(5.25 / 0.25), 6);
  });

  it("six decibels a bit on normal numbers", () => {
    const normal = seededNormal(2);
    const weight = tensor([64, 256], Float32Array.from({ length: 64 * 256 }, normal));
    const db = PREVIEW_BITS.map((bits) => weightSqnrDb(weight, bits));
    expect(db[4] - db[2]).toBeGreaterThan(23); // 4 bits more
    expect(db[4] - db[2]).toBeLessThan(26);
  });
});

describe("inspectGraph", () => {
  const weights = { weight: of([2, 3], 1, 2, 3, 4, 5, 6), bias: of([2], 0.5, 0.5) };
  const graph = makeGraph("tiny", [3], [
    { name: "blocks.1.mlp.fc1", op: "Gemm", inputs: ["pixels"], attributes: {}, weights },
    { name: "act", op: "Gelu", inputs: ["blocks.1.mlp.fc1"], attributes: {}, weights: {} },
  ]); // prettier-ignore

  it("lists parameters with place and share, and previews weights only", async () => {
    const seen: Progress[] = [];
    const found = await inspectGraph(graph, { onProgress: (progress) => seen.push(progress) });
    expect(found.map(({ name, block, layer, parameter, share }) => [name, block, layer, parameter, share])).toEqual([
      ["blocks.1.mlp.fc1.weight", 0, "mlp.fc1", "weight", 0.75], // the only block there is
      ["blocks.1.mlp.fc1.bias", 0, "mlp.fc1", "bias", 0.25],
    ]);
    expect(found[0].previewDb).toHaveLength(PREVIEW_BITS.length);
    expect(found[1].previewDb).toBeNull();
    expect(seen).toEqual([{ stage: "reading blocks.1.mlp.fc1", done: 0, total: 1 }]);
  });

  it("stops when cancelled", async () => {
    await expect(inspectGraph(graph, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: "AbortError" });
  });
});
