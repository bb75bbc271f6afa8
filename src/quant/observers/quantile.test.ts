import { describe, expect, it } from "vitest";
import { seededNormal } from "../../tensor/random.ts";
import { orderStatistics, quantiles } from "./quantile.ts";

describe("quantiles", () => {
  it("interpolate between neighbours, from the nearer end", () => {
    const values = Float32Array.of(4, 1, 3, 2);
    expect(quantiles(values, [0, 1, 0.5, 1 / 3])).toEqual([1, 4, 2.5, 2]);
    expect(quantiles(values, [0.25])[0]).toBeCloseTo(1.75, 6);
  });

  it("of one value is that value", () => {
    expect(quantiles(Float32Array.of(-3), [0.001, 0.5, 0.999])).toEqual([-3, -3, -3]);
    expect(() => quantiles(new Float32Array(0), [0.5])).toThrow("quantile of nothing");
  });

  it("compute the rank in float32: among 10^7 values its fraction is lost", () => {
    const n = 10_000_001;
    const values = Float32Array.from({ length: n }, (_, i) => i);
    // 0.99999 * 10^7 = 9999900 in real numbers; fround(0.99999) * 10^7 is 9999900.1..., and float32 there has steps of 1.
    expect(quantiles(values, [0.99999])).toEqual([Math.fround(Math.fround(0.99999) * n - Math.fround(0.99999))]);
    expect(quantiles(values, [0.99999])[0] % 1).toBe(0);
  });
});

describe("order statistics", () => {
  const normal = seededNormal(3);
  const make = (length: number) => {
    const mixed = Float32Array.from({ length }, (_, i) => (i % 7 === 0 ? 0 : i % 11 === 0 ? 1.5 : normal() * 10 ** ((i % 13) - 6)));
    const positive = mixed.map(Math.abs);
    return [
      ["mixed signs and magnitudes, many equal", mixed],
      ["positive", positive],
      ["negative", positive.map((x) => -x - 1e-3)],
      ["constant", new Float32Array(length).fill(-2.25)],
      ["zeros of both signs", mixed.map((x) => (x < 0 ? -0 : 0))],
      ["ascending", mixed.slice().sort()],
    ] as const;
  };
  // Sorted whole, sorted in part, and selected by two histograms.
  const cases = [200, 5000, 300_000].flatMap((length) => make(length).map(([title, values]) => ({ title, length, values })));

  it.each(cases)("are those of sorting: $length values, $title", ({ values }) => {
    const sorted = values.slice().sort();
    const last = values.length - 1;
    const ranks = [0, 1, 17, 0.02, 0.1, 0.5, 0.97].map((rank) => (rank % 1 === 0 ? rank : Math.floor(rank * last))).concat(last - 1, last);
    const found = orderStatistics(values, new Set(ranks));
    for (const rank of ranks) expect(found.get(rank)).toBe(sorted[rank]);
  });
});
