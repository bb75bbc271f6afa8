import { describe, expect, it } from "vitest";
import { schemes } from "../../quant/schemes/index.ts";
import { levelLayout, type LevelPictureData } from "./level-layout.ts";

/** log2 at two bits: levels 1, 1/2, 1/4 and 0. */
const log2Book = schemes.log2.codebook?.({
  scheme: "log2",
  bits: 2,
  levels: "strict",
  scale: Float32Array.of(1),
  zeroPoint: new Float32Array(0),
  axis: null,
});
if (!log2Book) throw new Error("log2 has no codebook");
const codebook = log2Book;
const histogram = { centres: Float32Array.of(0, 0.01, 0.25, 0.3, 1), counts: Float64Array.of(4, 2, 1, 2, 1) };
const log: LevelPictureData = { histogram, codebook, axis: "log" };

describe("level layout", () => {
  it("places levels by octaves, zero in the column at the left, with the share that each takes", () => {
    const { levels } = levelLayout(log, 8);
    // The axis begins two octaves below the smallest level: 2^-4 .. 2^0.
    expect(levels).toEqual([
      { code: 3, value: 0, x: null, share: expect.closeTo(0.6, 9) as number },
      { code: 2, value: 0.25, x: 0.5, share: expect.closeTo(0.3, 9) as number },
      { code: 1, value: 0.5, x: 0.75, share: 0 },
      { code: 0, value: 1, x: 1, share: 0.1 },
    ]);
  });

  it("gathers values in columns of the axis, smaller ones below it", () => {
    const { bars, below } = levelLayout(log, 8);
    expect(below).toBeCloseTo(0.6, 9);
    expect(bars.map(({ from, to }) => [from, to])).toEqual([
      [0.5, 0.625],
      [0.875, 1],
    ]);
    expect(bars[0].share).toBeCloseTo(0.3, 9);
    expect(bars[1].share).toBeCloseTo(0.1, 9);
    expect(bars.reduce((sum, { share }) => sum + share, below ?? 0)).toBeCloseTo(1, 9);
  });

  it("is linear where asked, negative levels included", () => {
    const uniform = schemes.uniform.codebook?.({
      scheme: "uniform",
      bits: 2,
      levels: "strict",
      scale: Float32Array.of(1),
      zeroPoint: Float32Array.of(1),
      axis: null,
    });
    const { levels, below, ticks } = levelLayout(
      { histogram: { centres: Float32Array.of(-2, 0.1), counts: Float64Array.of(1, 3) }, codebook: uniform ?? codebook, axis: "linear" },
      4,
    );
    expect(levels.map(({ value, x, share }) => [value, x, share])).toEqual([
      [-1, 0.25, 0.25],
      [0, 0.5, 0.75],
      [1, 0.75, 0],
      [2, 1, 0],
    ]);
    expect(below).toBeNull();
    expect(ticks).toEqual([-2.0, -1.5, -1.0, -0.5, 0, 0.5, 1, 1.5, 2].map((value) => ({ x: (value + 2) / 4, label: value.toFixed(1) })));
  });

  it("labels octaves", () => {
    expect(levelLayout(log, 8).ticks.map(({ label }) => label)).toEqual(["2⁻⁴", "2⁻³", "2⁻²", "2⁻¹", "1"]);
  });

  it("draws constants and nothing but zeros", () => {
    const zeros = { histogram: { centres: Float32Array.of(0), counts: Float64Array.of(9) }, codebook };
    expect(levelLayout({ ...zeros, axis: "log" }, 4)).toMatchObject({ below: 1, bars: [] });
    const flat = { ...codebook, decode: new Float32Array(4) };
    expect(levelLayout({ ...zeros, codebook: flat, axis: "linear" }, 4).bars).toEqual([{ from: 0.5, to: 0.75, share: 1 }]);
    expect(levelLayout({ ...zeros, codebook: flat, axis: "log" }, 4).levels.every(({ x }) => x === null)).toBe(true);
  });
});
