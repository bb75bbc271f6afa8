import { expect, test } from "vitest";
import type { Quantizer } from "../graph/quantizer.ts";
import { schemes, schemeOf, type SchemeName } from "../quant/schemes/index.ts";
import { inputLevels } from "./input-levels.ts";

function quantizer(scheme: SchemeName, bits: number): Quantizer {
  const { scale, parameters } = schemes[scheme].fit({ low: -0.17, high: 3 }, bits, "strict");
  const base = { scheme, bits, levels: "strict", scale: Float32Array.of(scale), zeroPoint: new Float32Array(0), axis: null } as const;
  return parameters ? { ...base, parameters } : base;
}

const decode = (of: Quantizer) => schemeOf(of).codebook?.(of).decode ?? new Float32Array(0);

test.each(["twin-gelu", "adalog-shifted", "log-sqrt2"] as const)("%s: integers whose sums stay exact and mean the levels", (scheme) => {
  for (const bits of [3, 4, 6, 8]) {
    const codes = quantizer(scheme, bits);
    const table = decode(codes);
    expect(table.length).toBeGreaterThan(4);
    for (const [depth, weightMax, farthest] of [
      [32, 3, 3],
      [3072, 15, 15],
      [3072, 255, 255],
    ]) {
      const { levels, unit, offset, largest } = inputLevels(codes, depth, weightMax, farthest);
      table.forEach((value, code) => {
        expect(Number.isInteger(levels[code])).toBe(true);
        expect(Math.abs(levels[code] * unit + offset - value)).toBeLessThanOrEqual(0.5 * unit + 2 ** -23 * (Math.abs(value) + 0.25));
        expect(Math.abs(levels[code])).toBeLessThanOrEqual(largest);
      });
      expect(4 * weightMax * largest).toBeLessThan(2 ** 24);
      expect(depth * largest).toBeLessThan(2 ** 24);
      expect(depth * farthest * largest).toBeLessThan(2 ** 31);
      // No coarser than it must be: a grid twice as fine would break a bound, or the levels are exact.
      const exact = table.every((value, code) => Math.abs(levels[code] * unit + offset - value) <= 1e-6 * Math.abs(value) + 1e-7);
      const room = Math.min(2 ** 24 / (4 * weightMax), 2 ** 24 / depth, 2 ** 31 / (depth * farthest));
      expect(exact || 2 * largest + 1 >= room).toBe(true);
    }
  }
});

test("twin uniform codes of GELU are integers on a common unit, exactly", () => {
  const codes = quantizer("twin-gelu", 4);
  const { levels, unit } = inputLevels(codes, 768, 15, 15);
  decode(codes).forEach((value, code) => expect(Math.fround(levels[code] * unit)).toBeCloseTo(value, 6));
});

test("a scheme without a codebook is a bug", () => {
  expect(() => inputLevels(quantizer("demax", 4), 8, 3, 3)).toThrow("internal: demax has no codebook");
});
