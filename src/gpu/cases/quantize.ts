import { floatRows, quads } from "./case-data.ts";
import type { KernelCase } from "./kernel-case.ts";

const shapes = [
  { name: "1 row of 1 to 8-bit codes", rows: 1, columns: 1, inverse: 40, zero: 128, top: 255 },
  { name: "33 rows of 30 to 4-bit codes, ties", rows: 33, columns: 30, inverse: 1, zero: 7, top: 15 },
  { name: "7 rows of 65 to 3-bit codes, zero point below the codes", rows: 7, columns: 65, inverse: 3.7, zero: -4, top: 7 },
  { name: "65 rows of 5 to 2-bit codes, zero point above the codes", rows: 65, columns: 5, inverse: 2, zero: 5, top: 3 },
];

export const quantizeCases = shapes.map(({ name, rows, columns, inverse, zero, top }, index): KernelCase => {
  const stride4 = quads(columns);
  return {
    name,
    params: { rows, columns, stride4, inverse_scale: inverse, zero, code_max: top },
    constants: {},
    inputs: () => [floatRows(6000 + index, rows, columns, 4 * stride4)],
    outputWords: rows * stride4,
  };
});

/**
 * Steps are powers of two: WGSL allows x / scale an error of 2.5 ULP, which could put a value on the other side of a rounding border,
 * but no adapter errs where the quotient is exact. Fractional zero points and different steps per column, as published methods have them.
 */
export const fakeQuantizeCases = shapes.map(({ name, rows, columns, zero, top }, index): KernelCase => {
  const stride4 = quads(columns);
  return {
    name: name.replace(" to ", " through "),
    params: { rows, stride4 },
    constants: {},
    inputs: () => {
      const table = new Float32Array(16 * stride4);
      for (let column = 0; column < columns; column++) {
        table.set([2 ** -(column % 5), column % 4 === 3 ? zero + 0.25 : zero, top, 0], 4 * column);
      }
      return [floatRows(6100 + index, rows, columns, 4 * stride4), table];
    },
    outputWords: rows * stride4 * 4,
  };
});

const books = [
  { name: "1 row of 1, 1 threshold", rows: 1, columns: 1, thresholds: [0.5] },
  { name: "33 rows of 30, 15 thresholds, ties", rows: 33, columns: 30, thresholds: Array.from({ length: 15 }, (_, i) => (i - 7) / 2) },
  { name: "7 rows of 197, 254 thresholds", rows: 7, columns: 197, thresholds: Array.from({ length: 254 }, (_, i) => 2 ** ((i - 240) / 4)) },
];

export const fakeQuantizeCodebookCases = books.map(({ name, rows, columns, thresholds }, index): KernelCase => {
  const stride4 = quads(columns);
  return {
    name,
    params: { rows, columns, stride4, threshold_count: thresholds.length },
    constants: {},
    inputs: () => [
      floatRows(6200 + index, rows, columns, 4 * stride4),
      Float32Array.from(thresholds),
      Float32Array.from({ length: thresholds.length + 1 }, (_, level) => 0.3 * level - 1),
    ],
    outputWords: rows * stride4 * 4,
  };
});
