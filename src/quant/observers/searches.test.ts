/** Observers that search on a histogram, and the one that searches nothing. */
import { describe, expect, it } from "vitest";
import { seededNormal } from "../../tensor/random.ts";
import { tensor } from "../../tensor/tensor.ts";
import { schemes, type SchemeName } from "../schemes/index.ts";
import { dualClip } from "./dual-clip.ts";
import { gridMse } from "./grid-mse.ts";
import { minMax } from "./min-max.ts";
import { observeTensor, type Observer } from "./observer.ts";
import { omse } from "./omse.ts";
import { percentile } from "./percentile.ts";
import { rankFits } from "./rank-fits.ts";
import { squaredError } from "./squared-error.ts";

const target = (name: SchemeName, bits: number) => ({ scheme: schemes[name], bits, levels: "strict" }) as const;
const normal = seededNormal(11);
const probabilities = Float32Array.from({ length: 20_000 }, () => Math.min(1, Math.exp(2 * normal() - 5)));
/** GELU-like: a dense negative end and a long positive one. */
const activations = Float32Array.from({ length: 20_000 }, () => {
  const x = 1.5 * normal();
  return x * Math.min(1, Math.max(0, 0.5 + x / 4));
});

describe("grid search", () => {
  it.each([
    ["adalog", probabilities],
    ["twin-softmax", probabilities],
    ["sulq", probabilities],
    ["tan", probabilities],
    ["adalog-shifted", activations],
    ["twin-gelu", activations],
  ] as const)("finds parameters of %s that no other candidate beats on the values themselves", (name, values) => {
    const four = target(name, 4);
    const found = gridMse().observe(values, four);
    const errorOf = (fit: typeof found) => squaredError(values, fit.scale, fit.zeroPoint, four, fit.parameters);
    const whole = { low: Math.min(...values), high: Math.max(...values) };
    const others = (four.scheme.candidates?.(whole, 4) ?? []).filter((_, i) => i % 5 === 0);
    expect(others.length).toBeGreaterThan(0);
    // The histogram may take one of two that are as good.
    for (const fit of others) expect(errorOf(found)).toBeLessThanOrEqual(errorOf({ ...found, ...fit }) * 1.01);
    expect(found.gap).toBeGreaterThanOrEqual(0);
  });

  it("knows base and split where the values are levels", () => {
    const levels = Float32Array.from({ length: 14 }, (_, code) => schemes.adalog.dequantize(code, quantizer({ base: 26 }, 1 / 30)));
    expect(gridMse(({ high }) => [{ low: 0, high }]).observe(levels, target("adalog", 4)).parameters).toEqual({ base: 26 });
    const twin = Float32Array.from({ length: 8 }, (_, code) => (code / 7) * 2 ** -6);
    expect(gridMse().observe(Float32Array.of(...twin, 2 / 7, 1), target("twin-softmax", 4)).parameters).toEqual({ splitExponent: 6 });
  });

  it("returns the best few in order, the first of equals, each once", () => {
    const ranked = rankFits(probabilities, target("twin-softmax", 4), 40);
    expect(ranked).toHaveLength(19);
    expect(ranked.every(({ error }, i) => i === 0 || error >= ranked[i - 1].error)).toBe(true);
    expect(new Set(ranked.map(({ candidate }) => candidate)).size).toBe(19);
    const zeros = rankFits(new Float32Array(4), target("twin-softmax", 4), 1);
    expect(zeros[0]).toMatchObject({ candidate: 0, error: 0 });
  });

  it("writes a scheme's parameters and a large candidate number into the choice", () => {
    const { quantizer: chosen, candidate } = observeTensor(gridMse(), tensor([20_000], probabilities), null, target("adalog", 4));
    expect(chosen.parameters?.["base"]).toBeGreaterThan(9);
    expect(candidate[0]).toBe(gridMse().observe(probabilities, target("adalog", 4)).candidate);
  });
});

describe("OMSE", () => {
  it("shrinks both ends by whole percents", () => {
    const values = Float32Array.from({ length: 2000 }, (_, i) => (i === 0 ? -3 : i === 1 ? 9 : Math.sin(i)));
    const { scale, candidate } = omse.observe(values, target("uniform", 4));
    expect(scale).toBeCloseTo(((1 - candidate / 100) * 12) / 15, 5);
    expect(candidate).toBeGreaterThan(10);
    const errorAt = (i: number) => {
      const fit = schemes.uniform.fit({ low: -3 * (1 - i / 100), high: 9 * (1 - i / 100) }, 4);
      return squaredError(values, fit.scale, fit.zeroPoint, target("uniform", 4));
    };
    const exact = Array.from({ length: 90 }, (_, i) => errorAt(i));
    expect(errorAt(candidate)).toBeLessThanOrEqual(Math.min(...exact) * 1.01);
  });
});

describe("percentile", () => {
  it("takes one percentile at both ends", () => {
    const values = Float32Array.from({ length: 1001 }, (_, i) => i - 500);
    const { scale, zeroPoint, gap } = percentile(0.9).observe(values, target("uniform", 4));
    expect([scale, zeroPoint, gap]).toEqual([Math.fround(800 / 15), 8, Infinity]);
  });
});

describe("dual clipping", () => {
  it("cuts only the side with the outlier", () => {
    const values = Float32Array.from({ length: 4000 }, (_, i) => (i === 0 ? 2 : Math.sin(i)));
    const { scale, zeroPoint } = dualClip.observe(values, target("uniform", 4));
    const low = -(zeroPoint ?? 0) * scale;
    expect(low).toBeCloseTo(-1, 1);
    expect(low + 15 * scale).toBeLessThan(1.2);
  });

  it("narrows a range that lies on one side of zero", () => {
    const values = Float32Array.from({ length: 4000 }, (_, i) => (i === 0 ? 8 : i === 1 ? 12 : 10 + Math.sin(i) / 2));
    const { scale, zeroPoint } = dualClip.observe(values, target("uniform", 3));
    const low = -(zeroPoint ?? 0) * scale;
    // Both outliers lie 2 from the median, the rest within 0.5: both ends move as far as they may.
    expect(low).toBeGreaterThan(8.7);
    expect(low + 7 * scale).toBeLessThan(11.3);
  });

  it("tries all pairs of ends", () => {
    const candidates = new Set(Array.from({ length: 40 }, (_, i) => dualClip.observe(skewed(i), target("uniform", 3)).candidate));
    expect(Math.max(...candidates)).toBeLessThan(121);
    expect(candidates.size).toBeGreaterThan(8);
  });
});

describe("every observer", () => {
  const observers: [string, Observer][] = [minMax, percentile(0.999), gridMse(), omse, dualClip].map((observer) => [
    observer.name,
    observer,
  ]);

  it.each(observers)("%s: one value, constants and both signs of zero", (_name, observer) => {
    for (const [length, value] of [
      [1, 0.7],
      [1, -3],
      [5000, 0.25],
      [5000, -1e-30],
      [5000, 0],
      [3, -0],
    ]) {
      const values = new Float32Array(length).fill(value);
      const { scale, zeroPoint } = observer.observe(values, target("uniform", 4));
      expect(scale).toBeGreaterThan(0);
      expect(squaredError(values, scale, zeroPoint, target("uniform", 4))).toBe(0);
    }
  });

  it.each(observers)("%s: the same values give the same quantizer", (_name, observer) => {
    const again = observer.observe(activations.slice(), target("uniform", 4));
    expect(observer.observe(activations, target("uniform", 4))).toEqual(again);
  });

  it.each(observers)("%s: nothing is an error of ours", (_name, observer) => {
    expect(() => observer.observe(new Float32Array(0), target("uniform", 4))).toThrow("nothing");
  });
});

function skewed(seed: number): Float32Array<ArrayBuffer> {
  const random = seededNormal(seed);
  return Float32Array.from({ length: 300 }, (_, i) => random() * (i === 0 ? 1 + seed / 8 : 1) + (i === 1 ? 5 - seed / 8 : 0));
}

function quantizer(parameters: Record<string, number>, scale: number) {
  return {
    scheme: "adalog",
    bits: 4,
    levels: "strict",
    scale: Float32Array.of(scale),
    zeroPoint: new Float32Array(0),
    axis: null,
    parameters,
  } as const;
}
