import { anyWords, codeRows, floatRows, normals, quads } from "./case-data.ts";
import type { KernelCase } from "./kernel-case.ts";

interface RowShape {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly zero: number;
  readonly top: number;
}

const columnShapes: readonly RowShape[] = [
  { name: "1 row of 1, 8-bit codes", rows: 1, columns: 1, zero: 128, top: 255 },
  { name: "33 rows of 30, 4-bit codes, ties", rows: 33, columns: 30, zero: 7, top: 15 },
  { name: "7 rows of 65, 8-bit codes, zero point at the end", rows: 7, columns: 65, zero: 255, top: 255 },
];

/** Steps 2^-3 .. 1 by turns: with the rows of halves there are rounding ties. */
const factorSteps = (stride4: number) => Float32Array.from({ length: 4 * stride4 }, (_, column) => 2 ** ((column % 4) - 3));

export const quantizeColumnsCases = columnShapes.map(({ name, rows, columns, zero, top }, index): KernelCase => {
  const stride4 = quads(columns);
  return {
    name,
    params: { rows, columns, stride4, zero, code_max: top },
    constants: {},
    inputs: () => [floatRows(8000 + index, rows, columns, 4 * stride4), factorSteps(stride4).map((step) => 1 / step)],
    outputWords: rows * stride4,
  };
});

export const dequantizeColumnsCases = columnShapes.map(({ name, rows, columns, zero, top }, index): KernelCase => {
  const stride4 = quads(columns);
  return {
    name: name.replace("ties", "all of them"),
    params: { rows, columns, stride4, zero },
    constants: {},
    inputs: () => [codeRows(8100 + index, rows, columns, stride4, top), factorSteps(stride4).map((step) => 0.37 * step)],
    outputWords: rows * stride4 * 4,
  };
});

interface NormShape extends RowShape {
  /** Largest output code; without it the output is float. */
  readonly outTop?: number;
}

const normShapes: readonly NormShape[] = [
  { name: "1 row of 1: no spread", rows: 1, columns: 1, zero: 100, top: 255 },
  { name: "33 rows of 30", rows: 33, columns: 30, zero: 128, top: 255 },
  { name: "7 rows of 197, zero point at the end", rows: 7, columns: 197, zero: 255, top: 255 },
  { name: "65 rows of 17 to 4-bit codes", rows: 65, columns: 17, zero: 7, top: 15, outTop: 15 },
  { name: "31 rows of 64 to 8-bit codes", rows: 31, columns: 64, zero: 120, top: 255, outTop: 255 },
  { name: "3 rows of 1300 to 8-bit codes: squares past 32 bits", rows: 3, columns: 1300, zero: 0, top: 255, outTop: 255 },
];

export const layerNormIntegerCases = normShapes.map(({ name, rows, columns, zero, top, outTop }, index): KernelCase => {
  const stride4 = quads(columns);
  const seed = 8200 + 10 * index;
  const spread = outTop === undefined ? 8 : outTop / 6;
  return {
    name,
    params: {
      rows,
      columns,
      stride4,
      inverse_columns: 1 / columns,
      zero,
      out_scale: 0.05,
      out_zero: (outTop ?? 0) >> 1,
      code_max: outTop ?? 0,
    },
    constants: { QUANTIZE: outTop === undefined ? 0 : 1 },
    inputs: () => [
      codeRows(seed, rows, columns, stride4, top),
      anyWords(seed + 1, stride4).map((word) => word & 0x03030303),
      // Factors of 0, next to 0 (the largest shift) and past 255 (no shift) beside ordinary ones of both signs.
      normals(seed + 2, 4 * stride4, spread).map((value, column) =>
        column % 16 === 3 ? 0 : column % 16 === 7 ? 1e-9 : column % 16 === 11 ? 1e6 : value,
      ),
      normals(seed + 3, 4 * stride4, spread),
    ],
    outputWords: rows * stride4 * (outTop === undefined ? 4 : 1),
  };
});

interface SoftmaxShape extends RowShape {
  readonly inverse: number;
  /** Exponential of each distance from the largest score. */
  readonly table: (distance: number) => number;
  /** The code that means 0; without it the output is float. */
  readonly zeroCode?: number;
}

const decay = (first: number, octave: number) => (distance: number) => Math.floor(first * 2 ** (-distance / octave));

const softmaxShapes: readonly SoftmaxShape[] = [
  { name: "1 row of 1", rows: 1, columns: 1, zero: 128, top: 255, inverse: 40, table: decay(2 ** 29, 14) },
  { name: "33 rows of 197", rows: 33, columns: 197, zero: 128, top: 255, inverse: 20, table: decay(2 ** 22, 14) },
  {
    name: "65 rows of 65, 4-bit log2 codes",
    rows: 65,
    columns: 65,
    zero: 100,
    top: 255,
    inverse: 30,
    table: decay(2 ** 23, 9),
    zeroCode: 15,
  },
  { name: "7 rows of 5, 2-bit log2 codes", rows: 7, columns: 5, zero: 7, top: 15, inverse: 3, table: decay(279, 2), zeroCode: 3 },
  // Quotients of one half: sums of halves, quarters and ones over themselves.
  {
    name: "33 rows of 6, 8-bit log2 codes, ties",
    rows: 33,
    columns: 6,
    zero: 3,
    top: 7,
    inverse: 1,
    table: (d) => [32, 16, 8, 4, 2, 1, 0, 0][d] ?? 0,
    zeroCode: 255,
  },
];

export const softmaxIntegerCases = softmaxShapes.map(({ name, rows, columns, zero, top, inverse, table, zeroCode }, index): KernelCase => {
  const stride4 = quads(columns);
  return {
    name,
    params: { rows, columns, stride4, inverse_scale: inverse, zero, code_max: top, zero_code: zeroCode ?? 0 },
    constants: { QUANTIZE: zeroCode === undefined ? 0 : 1 },
    inputs: () => [
      floatRows(8300 + index, rows, columns, 4 * stride4),
      Uint32Array.from({ length: 256 }, (_, distance) => table(distance)),
    ],
    outputWords: rows * stride4 * (zeroCode === undefined ? 4 : 1),
  };
});
