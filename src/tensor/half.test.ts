import { expect, test } from "vitest";
import { halfBits, halfValue, packHalves, saturatedHalfBits, unpackHalves } from "./half.ts";

/** Bit patterns of IEEE 754 binary16, worked out by hand. */
test.each([
  [0, 0x0000],
  [-0, 0x8000],
  [1, 0x3c00],
  [-2, 0xc000],
  [0.1, 0x2e66],
  [1 / 3, 0x3555],
  [65504, 0x7bff],
  [2 ** -14, 0x0400],
  // Ties to even, up and down; a mantissa that rounds up to the next power of two.
  [1 + 1 / 2048, 0x3c00],
  [1 + 3 / 2048, 0x3c02],
  [2 - 2 ** -12, 0x4000],
])("%d is 0x%s", (value, bits) => {
  expect(halfBits(value)).toBe(bits);
});

test("subnormal numbers become 0 or the smallest normal number", () => {
  expect(halfBits(2 ** -15)).toBe(0);
  expect(halfBits(-(2 ** -15) * 1.01)).toBe(0x8400);
  expect(halfBits(1e-30)).toBe(0);
});

test("what f16 cannot hold is refused", () => {
  for (const value of [65520, Infinity, NaN]) expect(() => halfBits(value)).toThrow("is no f16");
  expect(halfBits(65519)).toBe(0x7bff);
});

test("kernels store the largest number instead", () => {
  expect([65520, 1e30, Infinity].map(saturatedHalfBits)).toEqual([0x7bff, 0x7bff, 0x7bff]);
  expect(saturatedHalfBits(-1e6)).toBe(0xfbff);
  expect(saturatedHalfBits(-0.1)).toBe(halfBits(-0.1));
  expect(() => saturatedHalfBits(NaN)).toThrow("is no f16");
});

test("every normal number comes back as itself, packed or not", () => {
  const values = new Float32Array(2 * 30 * 1024);
  let at = 0;
  for (let bits = 0x0400; bits < 0x7c00; bits++) {
    expect(halfBits(halfValue(bits))).toBe(bits);
    values[at++] = halfValue(bits);
    values[at++] = -halfValue(bits);
  }
  expect(unpackHalves(packHalves(values))).toEqual(values);
});
