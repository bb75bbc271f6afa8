import { describe, expect, it } from "vitest";
import { erf } from "./erf.ts";

describe("erf", () => {
  // Python 3 math.erf.
  it.each([
    [0.1, 0.1124629160182849],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [1.96875, 0.9946345516338942],
    [2.5, 0.999593047982555],
    [3.3, 0.9999969422902035],
    [5, 0.9999999999984626],
  ])("erf(%d)", (x, expected) => {
    expect(Math.abs(erf(x) - expected)).toBeLessThan(1e-15);
    expect(erf(-x)).toBe(-erf(x));
  });

  it("keeps its relative precision near zero, and its limits", () => {
    expect(erf(1e-20) / 1e-20).toBeCloseTo(2 / Math.sqrt(Math.PI), 14);
    expect(erf(0)).toBe(0);
    expect(erf(7)).toBe(1);
    expect(erf(-Infinity)).toBe(-1);
    expect(erf(NaN)).toBeNaN();
  });

  it("has no seams between expansions: its slope is 2/sqrt(pi) exp(-x^2)", () => {
    for (let x = 0.011; x < 5.9; x += 0.0101) {
      const slope = (erf(x + 1e-4) - erf(x - 1e-4)) / 2e-4;
      const expected = (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x);
      expect(Math.abs(slope - expected)).toBeLessThan(1e-8);
    }
  });
});
