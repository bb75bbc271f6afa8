import { floatRows, quads } from "./case-data.ts";
import type { KernelCase } from "./kernel-case.ts";

const shapes = [
  { rows: 1, columns: 1, gated: 0 },
  { rows: 33, columns: 30, gated: 0 },
  { rows: 7, columns: 64, gated: 1 },
  { rows: 17, columns: 9, gated: 1 },
];

/** Every kind plain and gated, in turns of the shapes. */
export const activationCases = [0, 1, 2, 3, 4, 5, 6].flatMap((kind) =>
  shapes.map(({ rows, columns, gated }, index): KernelCase => {
    const inStride = 4 * quads(columns * (1 + gated));
    const outStride = 4 * quads(columns);
    return {
      name: `kind ${kind}, ${rows} rows of ${columns}${gated ? ", gated" : ""}`,
      params: { rows, columns, in_stride: inStride, out_stride: outStride, c0: 0.125, c1: 0.5, c2: 0.25 },
      constants: { KIND: kind, GATED: gated },
      inputs: () => [floatRows(5600 + 10 * kind + index, rows, columns * (1 + gated), inStride)],
      outputWords: rows * outStride,
    };
  }),
);
