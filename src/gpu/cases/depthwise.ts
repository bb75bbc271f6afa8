import { codeRows, floatRows, integers, normals, quads } from "./case-data.ts";
import type { KernelCase } from "./kernel-case.ts";

const shapes = [
  { name: "1 row of 1", images: 1, inRows: 1, outRows: 1, columns: 1, group: 1, low: 0, zero: 0, offset: 0 },
  {
    name: "2 images of 9 rows, 4 windows of 9 with edges",
    images: 2,
    inRows: 9,
    outRows: 4,
    columns: 30,
    group: 9,
    low: -1,
    zero: 7,
    offset: 0,
  },
  {
    name: "3 images of 25 rows, 26 windows of 25, levels with an offset",
    images: 3,
    inRows: 25,
    outRows: 26,
    columns: 5,
    group: 25,
    low: -1,
    zero: 0,
    offset: 0.37,
  },
];

const indicesOf = (index: number) => {
  const { outRows, group, low, inRows } = shapes[index];
  // -1 is the index of no row.
  return Uint32Array.from(integers(5900 + index, outRows * group, low, inRows - 1));
};

/** Rows of `columns` values, 0 in the padding: [rows, 4 * quads]. */
function padded<T extends Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>>(values: T, columns: number): T {
  return values.map((value, at) => (at % (4 * quads(columns)) < columns ? value : 0)) as T;
}

export const depthwiseCases = shapes.map(({ name, images, inRows, outRows, columns, group }, index): KernelCase => {
  const stride4 = quads(columns);
  return {
    name,
    params: { images, in_rows: inRows, out_rows: outRows, stride4, group },
    constants: {},
    inputs: () => [
      floatRows(5910 + index, images * inRows, columns, 4 * stride4),
      indicesOf(index),
      padded(normals(5920 + index, 4 * (group + 1) * stride4), columns),
    ],
    outputWords: 4 * images * outRows * stride4,
  };
});

export const depthwiseCodesCases = shapes.map(({ name, images, inRows, outRows, columns, group, zero, offset }, index): KernelCase => {
  const stride4 = quads(columns);
  return {
    name,
    params: { images, in_rows: inRows, out_rows: outRows, stride4, group },
    constants: {},
    inputs: () => [
      codeRows(5930 + index, images * inRows, columns, stride4, 255),
      indicesOf(index),
      Int32Array.from({ length: 256 }, (_, code) => (offset === 0 ? code - zero : code * code - 300)),
      padded(integers(5940 + index, 4 * group * stride4, -200, 255), columns),
      // (scale, offset, bias) of each quad.
      normals(5950 + index, 12 * stride4, 0.01).map((value, at) => {
        const column = 4 * Math.floor(at / 12) + (at % 4);
        return column >= columns || (offset === 0 && Math.floor(at / 4) % 3 === 1) ? 0 : value;
      }),
    ],
    outputWords: 4 * images * outRows * stride4,
  };
});
