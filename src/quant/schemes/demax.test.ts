import { describe, expect, it } from "vitest";
import type { Quantizer } from "../../graph/quantizer.ts";
import { tensor } from "../../tensor/tensor.ts";
import { demax } from "./demax.ts";

const make = (bits: number): Quantizer => ({
  scheme: "demax",
  bits,
  levels: "strict",
  scale: Float32Array.of(1),
  zeroPoint: new Float32Array(0),
  axis: null,
});
const rows = (width: number, values: number[], bits: number) =>
  demax.fakeQuantize(tensor([values.length / width, width], Float32Array.from(values)), make(bits));

describe("DeMax", () => {
  it("keeps each row's maximum, the others are thirds of the second one with two bits", () => {
    // Steps 0.25 and 0.0625: exact in float32.
    const { data, shape } = rows(4, [0.1, 0.75, 0.3, 1.1, 0.02, 0.7123, 0.1875, 0.08], 2);
    expect(shape).toEqual([2, 4]);
    expect([...data]).toEqual([0, 0.75, 0.25, Math.fround(1.1), 0, Math.fround(0.7123), 0.1875, 0.0625]);
  });

  it("keeps only the first of equal maxima; the last code restores the others", () => {
    expect([...rows(3, [0.375, 0.375, 0.25], 2).data]).toEqual([0.375, 0.375, 0.25]);
    expect([...rows(3, [0.375, 0.3, 0.375], 2).data]).toEqual([0.375, 0.25, 0.375]);
  });

  it("a row of one, and a row whose rest is zero, stay as they are", () => {
    expect([...rows(1, [0.3, 1], 4).data]).toEqual([Math.fround(0.3), 1]);
    expect([...rows(3, [0, 1, 0], 4).data]).toEqual([0, 1, 0]);
  });

  it("errs by half a step of its row at most", () => {
    const values = Array.from({ length: 40 }, (_, i) => 2 ** -(i % 7) / (1 + i));
    const { data } = rows(8, values, 4);
    for (let row = 0; row < 5; row++) {
      const part = values.slice(8 * row, 8 * row + 8);
      const half = part.toSorted((a, b) => b - a)[1] / 15 / 2;
      part.forEach((value, i) => expect(Math.abs(data[8 * row + i] - value)).toBeLessThanOrEqual(half * 1.0001));
    }
  });

  it("has no codes of single numbers", () => {
    expect(() => demax.quantize(0.5, make(4))).toThrow("internal: demax quantizes whole rows");
    expect(() => demax.dequantize(3, make(4))).toThrow("internal: demax quantizes whole rows");
  });
});
