import { describe, expect, it } from "vitest";
import { seededNormal } from "../../tensor/random.ts";
import { tensor } from "../../tensor/tensor.ts";
import { schemes } from "../schemes/index.ts";
import { minMax } from "./min-max.ts";
import { observeTensor } from "./observer.ts";
import { IAS_WEIGHT_PERCENTILES, percentileMse, REPQ_PERCENTILES } from "./percentile-mse.ts";

const X = Float32Array.of(-1, -0.5, -0.25, 0, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2);
const uniform = (bits: number) => ({ scheme: schemes.uniform, bits, levels: "strict" }) as const;

describe("percentile search", () => {
  it("golden vector U1: four bits, three percentiles", () => {
    const { quantizer, candidate, gap } = observeTensor(percentileMse(REPQ_PERCENTILES), tensor([10], X), null, uniform(4));
    expect(candidate[0]).toBe(2);
    expect(quantizer.scale[0]).toBeCloseTo(0.2799874, 6);
    expect([...quantizer.zeroPoint]).toEqual([4]);
    expect(Array.from(X, (x) => schemes.uniform.quantize(x, quantizer))).toEqual([0, 2, 3, 4, 4, 5, 5, 7, 10, 15]);
    // Errors .0072728 / .0072136 / .0072103.
    expect(gap[0]).toBeCloseTo((0.0072136 - 0.0072103) / 0.0072103, 4);
  });

  it("golden vector U2: three bits, nine percentiles", () => {
    const { quantizer, candidate } = observeTensor(percentileMse(IAS_WEIGHT_PERCENTILES), tensor([10], X), null, uniform(3));
    expect(candidate[0]).toBe(4);
    expect(quantizer.scale[0]).toBeCloseTo(0.59865, 5);
    expect([...quantizer.zeroPoint]).toEqual([2]);
    expect(Array.from(X, (x) => schemes.uniform.quantize(x, quantizer))).toEqual([0, 1, 2, 2, 2, 2, 3, 3, 5, 7]);
  });

  it("keeps the first of equal candidates, and says that it is a tie", () => {
    const { candidate, gap } = observeTensor(percentileMse(REPQ_PERCENTILES), tensor([4], Float32Array.of(2, 2, 2, 2)), null, uniform(4));
    expect([candidate[0], gap[0]]).toEqual([0, 0]);
  });

  it("clips an outlier where that pays: 20000 small values and one huge one", () => {
    const normal = seededNormal(1);
    const values = Float32Array.from({ length: 20_001 }, (_, i) => (i === 0 ? 20 : normal()));
    const clipped = percentileMse([0.9999, 1]).observe(values, uniform(4));
    expect(clipped.candidate).toBe(0);
    expect(clipped.scale * 15).toBeLessThan(10);
  });

  it("searches channels separately, by column and by row", () => {
    const x = tensor([2, 2], Float32Array.of(0, 0, 1, 100));
    const columns = observeTensor(percentileMse([1]), x, -1, uniform(2)).quantizer;
    expect([columns.axis, ...columns.scale]).toEqual([-1, Math.fround(1 / 3), Math.fround(100 / 3)]);
    const rows = observeTensor(percentileMse([1]), x, 0, uniform(2)).quantizer;
    expect([rows.axis, ...rows.scale]).toEqual([0, 1, 33]);
  });

  it("fits the log scale to the upper quantile alone", () => {
    const target = { scheme: schemes["log-sqrt2"], bits: 4, levels: "strict" } as const;
    const { quantizer } = observeTensor(percentileMse([1]), tensor([3], Float32Array.of(0, 0.1, 0.7)), null, target);
    expect([...quantizer.scale]).toEqual([Math.fround(0.7)]);
    expect(quantizer.zeroPoint).toHaveLength(0);
  });
});

describe("min-max", () => {
  it("takes the whole range", () => {
    const { quantizer, gap } = observeTensor(minMax, tensor([10], X), null, uniform(4));
    expect(quantizer.scale[0]).toBeCloseTo(4.2 / 15, 6);
    expect([...quantizer.zeroPoint]).toEqual([4]);
    expect(gap[0]).toBe(Infinity);
  });
});
