import { describe, expect, it } from "vitest";
import type { Quantizer } from "../../graph/quantizer.ts";
import { schemes } from "../schemes/index.ts";
import { clipChannelScales } from "./clip-channel-scales.ts";

function perChannel(scale: readonly number[], zeroPoint: readonly number[]): Quantizer {
  const arrays = { scale: Float32Array.from(scale), zeroPoint: Float32Array.from(zeroPoint) };
  return { scheme: "uniform", bits: 4, levels: "strict", axis: -1, ...arrays };
}

/** Steps 1, 1, 1, 1, 2, 2, 2, 6: mean 2, population variance (4 * 1 + 16) / 8 = 2.5; quartiles 1 and 2. */
const outlier = perChannel([1, 1, 1, 1, 2, 2, 2, 6], [7, 7, 7, 7, 8, 8, 8, 5]);

describe("clipping channel steps", () => {
  it("by deviations from the mean: only the outlier moves", () => {
    const { scale, zeroPoint } = clipChannelScales(outlier, { deviations: 2 });
    const high = 2 + 2 * Math.sqrt(2.5);
    expect([...scale]).toEqual([1, 1, 1, 1, 2, 2, 2, Math.fround(high)]);
    // The middle of the old range is (7.5 - 5) * 6 = 15: 7.5 - 15 / 5.162 = 4.59 -> 5.
    expect([...zeroPoint]).toEqual([7, 7, 7, 7, 8, 8, 8, 5]);
  });

  it("by quartiles: 2 + 1.5 (2 - 1) = 3.5, zero point 7.5 - 15 / 3.5 = 3.21 -> 3", () => {
    const clipped = clipChannelScales(outlier, { quartileRanges: 1.5 });
    expect(clipped.scale[7]).toBe(3.5);
    expect(clipped.zeroPoint[7]).toBe(3);
    expect(clipped).toMatchObject({ scheme: "uniform", bits: 4, levels: "strict", axis: -1 });
    expect([outlier.scale[7], outlier.zeroPoint[7]]).toEqual([6, 5]);
  });

  it("pulls small steps up as well", () => {
    // Mean 3.25, variance 1.6875, deviation 1.299: low = 1.951; the range of code 0..15 around (7.5 - 0) * 1 = 7.5 -> 7.5 - 3.84 = 3.66 -> 4.
    const { scale, zeroPoint } = clipChannelScales(perChannel([4, 4, 4, 1], [8, 8, 8, 0]), { deviations: 1 });
    expect(scale[3]).toBeCloseTo(3.25 - Math.sqrt(1.6875), 6);
    expect([...zeroPoint]).toEqual([8, 8, 8, 4]);
  });

  it("saturates both ends of a symmetric range alike", () => {
    const clipped = clipChannelScales(perChannel([1, 1, 1, 1, 1, 1, 1, 9], [7, 7, 7, 7, 7, 7, 7, 8]), { quartileRanges: 1.5 });
    expect(clipped.scale[7]).toBe(1);
    const range = [-1e3, 1e3].map((x) => schemes.uniform.dequantize(schemes.uniform.quantize(x, clipped, 7), clipped, 7));
    // Old range [-72, 63], middle -4.5; new one 15 steps of 1 around it.
    expect(range).toEqual([-12, 3]);
  });

  it.each([{ deviations: Infinity }, { deviations: 100 }, { quartileRanges: 100 }])("%j clips nothing", (clip) => {
    expect(clipChannelScales(outlier, clip)).toEqual(outlier);
  });

  it("equal steps stay, fractional zero points too", () => {
    const equal = perChannel([0.3, 0.3, 0.3], [7.25, 3.5, 0]);
    expect(clipChannelScales(equal, { deviations: 2 })).toEqual(equal);
  });

  it("refuses quantizers without channels", () => {
    expect(() => clipChannelScales({ ...outlier, axis: null }, { deviations: 2 })).toThrow("internal");
    expect(() => clipChannelScales({ ...outlier, scheme: "log2" }, { deviations: 2 })).toThrow("internal");
  });
});
