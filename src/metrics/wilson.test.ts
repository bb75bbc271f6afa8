import { describe, expect, it } from "vitest";
import { wilson } from "./wilson.ts";

describe("wilson", () => {
  it("gives the textbook interval of 8 out of 10", () => {
    // Brown, Cai, DasGupta 2001: Wilson, n = 10, x = 8: [0.4902, 0.9433].
    expect(wilson(8, 10).low).toBeCloseTo(0.4902, 4);
    expect(wilson(8, 10).high).toBeCloseTo(0.9433, 4);
  });

  it("solves (p - rate)^2 = z^2 p (1 - p) / n at both ends", () => {
    for (const [hits, count] of [
      [0, 7],
      [44, 200],
      [200, 200],
    ]) {
      const { low, high } = wilson(hits, count);
      for (const p of [low, high]) expect((p - hits / count) ** 2).toBeCloseTo((1.959963984540054 ** 2 * p * (1 - p)) / count, 12);
      expect(low).toBeLessThanOrEqual(hits / count);
      expect(high).toBeGreaterThanOrEqual(hits / count);
    }
  });

  it("knows nothing without observations", () => {
    expect(wilson(0, 0)).toEqual({ low: 0, high: 1 });
  });
});
