import { floatRows, quads } from "./case-data.ts";
import type { KernelCase } from "./kernel-case.ts";

/** Rows with one column, equal maxima, an outlier that leaves no second maximum, and ties among the codes. */
const shapes = [
  { name: "7 rows of 1, 8 bits", rows: 7, columns: 1, bits: 8, decode: false },
  { name: "33 rows of 30, 4 bits", rows: 33, columns: 30, bits: 4, decode: false },
  { name: "7 rows of 197, 8 bits", rows: 7, columns: 197, bits: 8, decode: false },
  { name: "65 rows of 17, 3 bits, decoded", rows: 65, columns: 17, bits: 3, decode: true },
  { name: "7 rows of 64, 8 bits, decoded", rows: 7, columns: 64, bits: 8, decode: true },
];

export const softmaxDemaxCases = shapes.map(({ name, rows, columns, bits, decode }, index): KernelCase => {
  const stride4 = quads(columns);
  const top = 2 ** bits - 1;
  return {
    name,
    params: { rows, columns, stride4, out_stride4: stride4 + 4, code_max: top, inverse_levels: Math.fround(1 / top) },
    constants: { DECODE: decode ? 1 : 0 },
    inputs: () => [floatRows(4300 + index, rows, columns, 4 * stride4)],
    outputWords: decode ? rows * stride4 * 4 : rows * (stride4 + 4),
  };
});
