import { floatRows, integers, normals, quads } from "./case-data.ts";
import type { KernelCase } from "./kernel-case.ts";

const gatherShapes = [
  { name: "1 row of 1 word", images: 1, inRows: 1, inStride: 4, outRows: 1, outStride: 4, group: 1, part: 1 },
  { name: "3 images, 16 of 17 rows, codes", images: 3, inRows: 17, inStride: 5, outRows: 16, outStride: 5, group: 1, part: 5 },
  { name: "4 rows side by side, padded rows", images: 2, inRows: 16, inStride: 8, outRows: 4, outStride: 24, group: 4, part: 6 },
  { name: "rows repeated", images: 2, inRows: 3, inStride: 12, outRows: 65, outStride: 12, group: 1, part: 12 },
];

export const gatherRowsCases = gatherShapes.map(
  ({ name, images, inRows, inStride, outRows, outStride, group, part }, index): KernelCase => ({
    name,
    params: { images, in_rows: inRows, in_stride: inStride, out_rows: outRows, out_stride: outStride, group, part },
    constants: {},
    inputs: () => [
      // Finite floats: adapters may flush what is none, or subnormal.
      floatRows(5200 + index, images * inRows, inStride, inStride),
      // -1 is the index of no row.
      Uint32Array.from(integers(5300 + index, outRows * group, index === 2 ? -1 : 0, inRows - 1)),
    ],
    outputWords: images * outRows * outStride,
  }),
);

const biasShapes = [
  { name: "1 row of 1", rows: 1, columns: 1, period: 1 },
  { name: "2 images of 3 maps of 17, one bias for each map", rows: 2 * 3 * 17, columns: 17, period: 3 * 17 },
  { name: "3 images of 4 windows and 2 heads of 16, one bias for each window", rows: 3 * 8 * 16, columns: 16, period: 8 * 16 },
];

export const attentionBiasCases = biasShapes.map(({ name, rows, columns, period }, index): KernelCase => {
  const stride4 = quads(columns);
  return {
    name,
    params: { rows, stride4, period },
    constants: {},
    inputs: () => [floatRows(5400 + index, rows, columns, 4 * stride4), normals(5500 + index, 4 * period * stride4, 50)],
    outputWords: 4 * rows * stride4,
  };
});

const maxShapes = [
  { name: "1 row of 1", images: 1, inRows: 1, outRows: 1, columns: 1, group: 1, low: 0 },
  { name: "2 images of 9 rows, 4 windows of 3 with edges", images: 2, inRows: 9, outRows: 4, columns: 30, group: 3, low: -1 },
];

export const maxRowsCases = maxShapes.map(({ name, images, inRows, outRows, columns, group, low }, index): KernelCase => {
  const stride4 = quads(columns);
  return {
    name,
    params: { images, in_rows: inRows, out_rows: outRows, stride4, group },
    constants: {},
    inputs: () => [
      floatRows(5700 + index, images * inRows, columns, 4 * stride4),
      // Every window has at least one row.
      Uint32Array.from(integers(5710 + index, outRows * group, low, inRows - 1), (row, i) => (i % group === 0 ? Math.max(row, 0) : row)),
    ],
    outputWords: 4 * images * outRows * stride4,
  };
});

const poolShapes = [
  { name: "1 token", images: 1, tokens: 1, columns: 1 },
  { name: "3 images of 17 tokens", images: 3, tokens: 17, columns: 30 },
];

export const softmaxPoolCases = poolShapes.map(({ name, images, tokens, columns }, index): KernelCase => {
  const stride4 = quads(columns);
  return {
    name,
    params: { images, tokens, score_stride4: 1, stride4 },
    constants: {},
    inputs: () => [normals(5800 + index, 4 * images * tokens, 3), floatRows(5810 + index, images * tokens, columns, 4 * stride4)],
    outputWords: 4 * images * stride4,
  };
});
