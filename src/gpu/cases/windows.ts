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
      Uint32Array.from(integers(5300 + index, outRows * group, 0, inRows - 1)),
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
