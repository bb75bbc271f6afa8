import { describe, expect, it } from "vitest";
import type { Quantizer } from "../../graph/quantizer.ts";
import { tensor } from "../../tensor/tensor.ts";
import { powerOfTwoFactors } from "../observers/power-of-two-factor.ts";
import { observeTensor } from "../observers/observer.ts";
import { factorGrid, powerOfTwoFactor } from "./power-of-two-factor.ts";

const quantizer = (scale: number[], zeroPoint: number[]): Quantizer => ({
  scheme: "power-of-two-factor",
  bits: 8,
  levels: "strict",
  scale: Float32Array.from(scale),
  zeroPoint: Float32Array.from(zeroPoint),
  axis: -1,
});

describe("power-of-two-factor", () => {
  it("is uniform in each channel, on one integer grid", () => {
    const q = quantizer([0.5, 1, 4], [100, 100, 100]);
    const codes = [10.2, -3.5, -1000].map((x, c) => powerOfTwoFactor.quantize(x, q, c));
    expect(codes).toEqual([120, 96, 0]);
    const grid = factorGrid(q);
    expect(grid).toEqual({ step: 0.5, zeroPoint: 100, exponents: Uint8Array.of(0, 1, 3) });
    const onGrid = codes.map((code, c) => ((code - 100) << (grid?.exponents[c] ?? 0)) * 0.5);
    expect(onGrid).toEqual([10, -4, -400]);
    expect([...powerOfTwoFactor.fakeQuantize(tensor([1, 3], Float32Array.of(10.2, -3.5, -1000)), q).data]).toEqual(onGrid);
  });

  it.each([
    { name: "a ratio that is no power of two", q: quantizer([1, 3], [0, 0]) },
    { name: "a ratio of 16", q: quantizer([1, 16], [0, 0]) },
    { name: "different zero points", q: quantizer([1, 2], [0, 1]) },
    { name: "a fractional zero point", q: quantizer([1, 2], [0.5, 0.5]) },
    { name: "another scheme", q: { ...quantizer([1, 2], [0, 0]), scheme: "uniform" } },
  ])("has no common grid with $name", ({ q }) => {
    expect(factorGrid(q)).toBeNull();
  });
});

describe("observing power-of-two factors", () => {
  const target = { scheme: powerOfTwoFactor, bits: 8, levels: "strict" } as const;

  it("gives the widest channel the whole step and narrow ones an eighth, a quarter or half of it", () => {
    // Range -127.5..127.5: step 1, zero point 128 (127.5 rounded to even). A channel reaches (255 - 128) * step above zero.
    const wide = [-127.5, 127.5, 64];
    const half = [-60, 62.4, 1.5];
    const quarter = [-30, 31.2, 1.25];
    const eighth = [0.3, -14.9, 15.8];
    const columns = [wide, half, quarter, eighth];
    const x = tensor(
      [3, 4],
      Float32Array.from({ length: 12 }, (_, i) => columns[i % 4][Math.floor(i / 4)]),
    );
    const { quantizer: found, candidate } = observeTensor(powerOfTwoFactors, x, -1, target);
    expect([...found.scale]).toEqual([1, 0.5, 0.25, 0.125]);
    expect([...found.zeroPoint]).toEqual([128, 128, 128, 128]);
    expect([...candidate]).toEqual([3, 2, 1, 0]);
    expect(factorGrid(found)?.exponents).toEqual(Uint8Array.of(3, 2, 1, 0));
  });

  it("takes the smaller step on a tie, and keeps zero points inside the codes", () => {
    const x = tensor([2, 2], Float32Array.of(0, 255, 0, 255));
    const { quantizer: found, candidate, gap } = observeTensor(powerOfTwoFactors, x, -1, target);
    expect([candidate[0], gap[0], found.scale[0]]).toEqual([0, 0, 0.125]);
    const positive = observeTensor(powerOfTwoFactors, tensor([2, 1], Float32Array.of(1000, 1255)), -1, target).quantizer;
    expect([positive.scale[0], positive.zeroPoint[0]]).toEqual([Math.fround(1255 / 255), 0]);
  });
});
