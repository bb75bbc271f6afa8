import { floatRows, normals, quads } from "./case-data.ts";
import type { KernelCase } from "./kernel-case.ts";

const shapes = [
  { name: "1 row of 1 to 8-bit codes", rows: 1, columns: 1, inverse: 40, zero: 128, top: 255 },
  { name: "33 rows of 30 to 4-bit codes, ties", rows: 33, columns: 30, inverse: 1, zero: 7, top: 15 },
  { name: "7 rows of 65 to 3-bit codes, zero point below the codes", rows: 7, columns: 65, inverse: 3.7, zero: -4, top: 7 },
  { name: "65 rows of 5 to 2-bit codes, zero point above the codes", rows: 65, columns: 5, inverse: 2, zero: 5, top: 3 },
];

/** Rows of plain columns with one grid; then grids for each token, for each head, for each section of each token. */
const gridShapes = [
  ...shapes.map((shape) => ({ ...shape, heads: 1, sections: 1, tokens: 1 })),
  {
    name: "12 rows of 30, a grid for each of 4 tokens",
    rows: 12,
    columns: 30,
    inverse: 3,
    zero: 9,
    top: 15,
    heads: 1,
    sections: 1,
    tokens: 4,
  },
  {
    name: "5 rows of 6 heads of 5, a grid for each head",
    rows: 5,
    columns: 5,
    inverse: 2.5,
    zero: 100,
    top: 255,
    heads: 6,
    sections: 6,
    tokens: 1,
  },
  {
    name: "6 rows of 4 heads of 6, two sections for each of 3 tokens",
    rows: 6,
    columns: 6,
    inverse: 2,
    zero: 3,
    top: 7,
    heads: 4,
    sections: 2,
    tokens: 3,
  },
];

const gridCases = gridShapes.map(({ name, rows, columns, inverse, zero, top, heads, sections, tokens }, index): KernelCase => {
  const head4 = quads(columns);
  const stride4 = heads * head4;
  return {
    name,
    params: { rows, stride4, head4, head_dim: columns, table_rows: tokens, section4: stride4 / sections, threshold_count: 0 },
    constants: { GRID: 1, REVERSED: 0 },
    inputs: () => [
      floatRows(6000 + index, rows, heads === 1 ? columns : 4 * stride4, 4 * stride4),
      // One zero point has a fraction: the shift of a fused Affine.
      Float32Array.from({ length: 4 * tokens * sections }, (_, at) => {
        const entry = at >> 2;
        return [inverse * (1 + entry / 3), zero + (entry === 2 ? 0.375 : entry), top, 0][at % 4];
      }),
    ],
    outputWords: rows * stride4,
  };
});

/**
 * Steps are powers of two: WGSL allows x / scale an error of 2.5 ULP, which could put a value on the other side of a rounding border,
 * but no adapter errs where the quotient is exact. Fractional zero points and different steps per column, as published methods have them.
 */
const fakeColumnCases = shapes.map(({ name, rows, columns, zero, top }, index): KernelCase => {
  const stride4 = quads(columns);
  return {
    name: name.replace(" to ", " through "),
    params: { rows, stride4, row_period: 1 },
    constants: { BY_ROW: 0 },
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

const fakeRowCases = [{ name: "12 rows of 30 through a grid for each of 4 rows", rows: 12, columns: 30, tokens: 4 }].map(
  ({ name, rows, columns, tokens }): KernelCase => ({
    name,
    params: { rows, stride4: quads(columns), row_period: tokens },
    constants: { BY_ROW: 1 },
    inputs: () => [
      floatRows(6150, rows, columns, 4 * quads(columns)),
      Float32Array.from({ length: 4 * tokens }, (_, at) => [2 ** -(at >> 2), (at >> 2) + 0.25, 15, 0][at % 4]),
    ],
    outputWords: rows * quads(columns) * 4,
  }),
);

export const fakeQuantizeCases: readonly KernelCase[] = [...fakeColumnCases, ...fakeRowCases];

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

export const quantizeCases: readonly KernelCase[] = [
  ...gridCases,
  ...books.map(({ name, rows, columns, thresholds }, index): KernelCase => {
    const stride4 = quads(columns);
    return {
      name: `${name} to codes`,
      params: { rows, stride4, head4: stride4, head_dim: columns, table_rows: 1, section4: stride4, threshold_count: thresholds.length },
      constants: { GRID: 0, REVERSED: index % 2 },
      inputs: () => {
        const table = new Float32Array(4 * quads(thresholds.length));
        table.set(thresholds);
        return [floatRows(6300 + index, rows, columns, 4 * stride4), table];
      },
      outputWords: rows * stride4,
    };
  }),
];

const affineShapes = [
  { name: "1 row of 1", rows: 1, columns: 1 },
  { name: "33 rows of 30", rows: 33, columns: 30 },
  { name: "7 rows of 65", rows: 7, columns: 65 },
];

export const affineCases = affineShapes.map(({ name, rows, columns }, index): KernelCase => {
  const stride4 = quads(columns);
  return {
    name,
    params: { rows, stride4 },
    constants: {},
    inputs: () => [
      floatRows(6400 + index, rows, columns, 4 * stride4),
      normals(6450 + index, 8 * stride4).map((value, at) => (4 * (at >> 3) + (at & 3) < columns ? value : 0)),
    ],
    outputWords: rows * stride4 * 4,
  };
});
