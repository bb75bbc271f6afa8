import { describe, expect, it } from "vitest";
import type { Quantizer } from "../../graph/quantizer.ts";
import { roundTiesToEven } from "../../tensor/rounding.ts";
import { tan } from "./tan.ts";

function make(bits: number, top: number, a: number, c: number): Quantizer {
  return {
    scheme: "tan",
    bits,
    levels: "strict",
    scale: Float32Array.of(top),
    zeroPoint: new Float32Array(0),
    axis: null,
    parameters: { a, c },
  };
}

describe("tan companding", () => {
  it("has levels at equal distances after tan, on a grid of 2^-10 at two bits", () => {
    const q = make(2, 1, 2, 0.5);
    // tan(2 (u - 1/2)) at u = 0, 1: -+1.5574; a third of the way: -+0.51914, so u = 1/2 -+ atan(.51914) / 2 = .26090, .73910.
    const levels = [0, 0.2609, 0.7391, 1].map((u) => roundTiesToEven(u * 1024) / 1024);
    expect([0, 1, 2, 3].map((code) => tan.dequantize(code, q))).toEqual(levels);
    const { shifts } = tan.codebook?.(q) ?? {};
    expect([...(shifts?.mantissa ?? [])]).toEqual(levels.map((level) => level * 1024));
  });

  it("represents zero and the top exactly, whatever its parameters", () => {
    for (const { parameters, scale } of tan.candidates?.({ low: 0, high: Math.fround(0.37) }, 8) ?? []) {
      const q = make(8, scale, parameters?.["a"] ?? 0, parameters?.["c"] ?? 0);
      const mantissa = [...(tan.codebook?.(q).shifts?.mantissa ?? [])];
      expect([mantissa[0], mantissa.at(-1)]).toEqual([0, 2 ** 14]);
      expect(mantissa.every((level, code) => code === 0 || level > mantissa[code - 1])).toBe(true);
    }
    expect(tan.quantize(0, make(4, 0.37, 2, 0.7))).toBe(0);
    expect(tan.dequantize(15, make(4, Math.fround(0.37), 2, 0.7))).toBe(Math.fround(0.37));
  });

  it("searches a in 0.3..3.0 and c in 0..1 where tan has no pole", () => {
    const candidates = tan.candidates?.({ low: 0, high: 1 }, 4) ?? [];
    const of = (name: string) => new Set(candidates.map(({ parameters }) => parameters?.[name]));
    expect([of("a").size, of("c").size]).toEqual([28, 21]);
    expect(candidates.length).toBe(gridSize());
  });

  it("lies closer at both ends than in the middle", () => {
    const q = make(6, 1, 2.4, 0.5);
    const gap = (code: number) => tan.dequantize(code + 1, q) - tan.dequantize(code, q);
    expect(gap(0)).toBeLessThan(gap(31) / 4);
    expect(gap(62)).toBeLessThan(gap(31) / 4);
  });
});

/** Pairs with a c < pi/2 and a (1 - c) < pi/2, counted in hundredths: no pair of the grid lies next to the border. */
function gridSize(): number {
  let count = 0;
  for (let a = 3; a <= 30; a++) for (let c = 0; c <= 20; c++) if (a * c < 314.15 && a * (20 - c) < 314.15) count++;
  return count;
}
