import { describe, expect, it } from "vitest";
import { seededNormal } from "../../tensor/random.ts";
import { uniform } from "../schemes/uniform.ts";
import { weightedRange } from "./weighted-range.ts";

const normal = seededNormal(5);
const bell = Float32Array.from({ length: 2000 }, () => normal());

function cubes(values: Float32Array, weights: Float64Array | null, scale: number, zero: number, bits: number): number {
  const quantizer = {
    scheme: "uniform",
    bits,
    levels: "strict" as const,
    scale: Float32Array.of(scale),
    zeroPoint: Float32Array.of(zero),
    axis: null,
  };
  return values.reduce((sum, x, i) => {
    const error = Math.abs(x - uniform.dequantize(uniform.quantize(x, quantizer), quantizer));
    return sum + (weights ? weights[i] : 1) * error ** 3;
  }, 0);
}

describe("weightedRange", () => {
  it.each([3, 4, 8])(
    "at %i bits leaves no more than min-max and than the best of a fine grid of symmetric cuts, but for a little",
    (bits) => {
      const found = weightedRange(bell, null, bits, 1e9);
      const error = cubes(bell, null, found.scale, found.zeroPoint ?? 0, bits);
      const cuts = Array.from({ length: 91 }, (_, i) => {
        const [low, high] = [Math.min(...bell), Math.max(...bell)];
        const fit = uniform.fit({ low: low * (1 - i / 100), high: high * (1 - i / 100) }, bits);
        return cubes(bell, null, fit.scale, fit.zeroPoint ?? 0, bits);
      });
      expect(error).toBeLessThanOrEqual(cuts[0]);
      expect(error).toBeLessThan(1.15 * Math.min(...cuts));
    },
  );

  it("widens the range for a value that counts more", () => {
    const values = bell.slice();
    values[0] = 9;
    const weights = new Float64Array(2000).fill(1);
    const reach = (fit: { scale: number; zeroPoint: number | null }) => (15 - (fit.zeroPoint ?? 0)) * fit.scale;
    const alike = reach(weightedRange(values, weights, 4, 1e9));
    weights[0] = 1e5;
    expect(reach(weightedRange(values, weights, 4, 1e9))).toBeGreaterThan(1.1 * alike);
  });

  it("survives a constant", () => {
    const fit = weightedRange(new Float32Array(10).fill(0.5), null, 4, 1e9);
    expect(cubes(Float32Array.of(0.5), null, fit.scale, fit.zeroPoint ?? 0, 4)).toBe(0);
  });
});
