/** What every registered scheme must satisfy, strict and as published, at every bit width. */
import { describe, expect, it } from "vitest";
import type { Levels, Quantizer } from "../../graph/quantizer.ts";
import { seededRandom } from "../../tensor/random.ts";
import { tensor } from "../../tensor/tensor.ts";
import { encodeByThresholds } from "./codebook.ts";
import { encodeTensor } from "./encode.ts";
import { schemeOf, schemes } from "./index.ts";
import type { Scheme } from "./scheme.ts";

/** Probabilities spread over 40 octaves, with both ends. */
const samples = (() => {
  const random = seededRandom(7);
  return Float32Array.from({ length: 3000 }, (_, i) => (i === 0 ? 0 : i === 1 ? 1 : 2 ** (-40 * random() ** 2)));
})();

const cases = Object.values(schemes).flatMap((scheme: Scheme) =>
  (["strict", "as-published"] as Levels[]).flatMap((levels) =>
    [2, 3, 4, 6, 8].map((bits) => {
      const fit = scheme.fit({ low: 0.013, high: 0.83 }, bits);
      const zeroPoint = fit.zeroPoint === null ? new Float32Array(0) : Float32Array.of(fit.zeroPoint);
      const quantizer: Quantizer = { scheme: scheme.name, bits, levels, scale: Float32Array.of(fit.scale), zeroPoint, axis: null };
      return { scheme, levels, bits, quantizer, title: `${scheme.name} ${bits} bits ${levels}` };
    }),
  ),
);

describe("every scheme", () => {
  it("is registered under its own name", () => {
    for (const [name, scheme] of Object.entries(schemes)) expect(schemeOf({ scheme: name })).toBe(scheme);
    expect(Object.entries(schemes).every(([name, scheme]) => scheme.name === name)).toBe(true);
    expect(() => schemeOf({ scheme: "toString" })).toThrow("no scheme is named");
  });

  it.each(cases)(
    "$title: codes are integers, 2^bits of them when strict, and never more than one extra",
    ({ scheme, levels, bits, quantizer }) => {
      const codes = new Set(Array.from(samples, (x) => scheme.quantize(x, quantizer)));
      const most = levels === "strict" || scheme.name === "uniform" ? 2 ** bits - 1 : 2 ** bits;
      for (const code of codes) expect(Number.isInteger(code) && code >= 0 && code <= most).toBe(true);
    },
  );

  it.each(cases)("$title: fakeQuantize is quantize then dequantize, keeps the shape and is idempotent", ({ scheme, quantizer }) => {
    const x = tensor([3, 1000], samples);
    const once = scheme.fakeQuantize(x, quantizer);
    expect(once.shape).toEqual(x.shape);
    expect(once.data).toEqual(samples.map((p) => scheme.dequantize(scheme.quantize(p, quantizer), quantizer)));
    expect(scheme.fakeQuantize(once, quantizer).data).toEqual(once.data);
  });

  it.each(cases)("$title: larger inputs never get smaller values", ({ scheme, quantizer }) => {
    const { data } = scheme.fakeQuantize(tensor([samples.length], samples.slice().sort()), quantizer);
    expect(data.every((value, i) => i === 0 || value >= data[i - 1])).toBe(true);
  });

  it.each(cases)("$title: a value inside the range moves to the nearest level", ({ scheme, levels, bits, quantizer }) => {
    const [scale] = quantizer.scale;
    const isUniform = scheme.name === "uniform";
    // Geometric codes of the scheme: all but the one for zero, which replaces the last when strict.
    const geometric = 2 ** bits - (levels === "strict" ? 1 : 0);
    const perOctave = scheme.name === "log2" ? 1 : 2;
    const zero = quantizer.zeroPoint[0] * scale;
    const [low, high] = isUniform ? [-zero, (2 ** bits - 1) * scale - zero] : [scale * 2 ** (-(geometric - 1) / perOctave), scale];
    for (const x of samples.filter((value) => value >= low && value <= high)) {
      const restored = scheme.dequantize(scheme.quantize(x, quantizer), quantizer);
      const steps = isUniform ? Math.abs(restored - x) / scale : Math.abs(Math.log2(restored / x)) * perOctave;
      expect(steps).toBeLessThan(0.50001);
    }
  });

  it.each(cases)("$title: its codebook encodes like the formula, to the last bit around every threshold", ({ scheme, quantizer }) => {
    const codebook = scheme.codebook?.(quantizer);
    if (!codebook) throw new Error(`${scheme.name} has no codebook`);
    const { thresholds, decode } = codebook;
    expect(decode.length).toBe(thresholds.length + 1);
    const around = [...thresholds].flatMap((threshold) => [0, -1, -2, 1, 2].map((ulps) => neighbour(threshold, ulps)));
    for (const p of [...samples, ...around]) {
      const code = scheme.quantize(p, quantizer);
      expect(encodeByThresholds(p, codebook)).toBe(code);
      expect(decode[code]).toBe(scheme.dequantize(code, quantizer));
    }
  });

  it.each(cases)("$title: thresholds never increase, shifts give the decoded values", ({ scheme, quantizer }) => {
    const codebook = scheme.codebook?.(quantizer);
    if (!codebook) throw new Error(`${scheme.name} has no codebook`);
    const { thresholds, decode, shifts, zeroCode } = codebook;
    expect(thresholds.every((threshold, i) => threshold >= 0 && (i === 0 || threshold <= thresholds[i - 1]))).toBe(true);
    if (zeroCode !== null) expect(decode[zeroCode]).toBe(0);
    decode.forEach((value, code) => {
      if (!shifts || code === zeroCode) return;
      const power = Math.fround(2 ** -shifts.exponent[code]);
      expect(value).toBe(Math.fround((shifts.odd[code] ? Math.fround(power * Math.fround(Math.SQRT2)) : power) * quantizer.scale[0]));
    });
  });

  it.each(cases)("$title: a fitted scale is positive even for constant data", ({ scheme, bits }) => {
    for (const value of [0, 0.25, 1e-30]) expect(scheme.fit({ low: value, high: value }, bits).scale).toBeGreaterThan(0);
  });
});

describe("encodeTensor", () => {
  it("takes the channel of each row or column", () => {
    const x = tensor([2, 2], Float32Array.of(1, 2, 1, 2));
    const quantizer = {
      scheme: "uniform",
      bits: 4,
      levels: "strict",
      scale: Float32Array.of(1, 0.5),
      zeroPoint: Float32Array.of(0, 3),
    } as const;
    expect([...encodeTensor(x, { ...quantizer, axis: 0 }).data]).toEqual([1, 2, 5, 7]);
    expect([...encodeTensor(x, { ...quantizer, axis: -1 }).data]).toEqual([1, 7, 1, 7]);
  });

  it("refuses codes that are no integers of eight bits", () => {
    const x = tensor([1], Float32Array.of(1));
    const fractional = {
      scheme: "uniform",
      bits: 4,
      levels: "as-published",
      scale: Float32Array.of(1),
      zeroPoint: Float32Array.of(0.25),
      axis: null,
    } as const;
    expect(() => encodeTensor(x, fractional)).toThrow("uniform code 1.25");
    const wide = { ...fractional, scheme: "log-sqrt2", bits: 8, zeroPoint: new Float32Array(0) };
    expect(() => encodeTensor(tensor([1], Float32Array.of(0)), wide)).toThrow("log-sqrt2 code 256");
  });
});

/** The float32 some steps away, not below zero. */
function neighbour(x: number, ulps: number): number {
  const bits = new Uint32Array(Float32Array.of(x).buffer);
  bits[0] = Math.max(0, bits[0] + ulps);
  return new Float32Array(bits.buffer)[0];
}
