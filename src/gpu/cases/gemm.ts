import { floatRows, normals, unused } from "./case-data.ts";
import { gemmOutputWords, rowMap, sourceRows, type GemmShape } from "./gemm-case.ts";
import type { KernelCase } from "./kernel-case.ts";

const shapes: readonly GemmShape[] = [
  { name: "1 x 1, K 1", rows: 1, columns: 1, depth: 1 },
  { name: "3 x 7, K 5, GELU tanh", rows: 3, columns: 7, depth: 5, gelu: 2 },
  { name: "33 x 65, K 31, GELU erf", rows: 33, columns: 65, depth: 31, gelu: 1 },
  { name: "31 x 33, K 17, residual", rows: 31, columns: 33, depth: 17, residual: true },
  {
    name: "patch embedding: class-token gap and positions",
    rows: 15,
    columns: 12,
    depth: 12,
    residual: true,
    gap: { patches: 5, prefix: 2 },
  },
  { name: "one token of each image, wider output rows", rows: 7, columns: 10, depth: 9, step: 5, offset: 2, outputGap: 2 },
  { name: "65 x 130, K 197", rows: 65, columns: 130, depth: 197 },
];

/** Weights and bias are random in the padding too: the padded columns of y are written, those past columns4 are not. */
function gemmCase(shape: GemmShape, index: number): KernelCase {
  const weightColumns4 = 2 * Math.ceil(shape.columns / 8);
  const params = { ...rowMap(shape), weight_columns4: weightColumns4 };
  const seed = 100 * (index + 1);
  return {
    name: shape.name,
    params,
    constants: { GELU: shape.gelu ?? 0, RESIDUAL: shape.residual ? 1 : 0 },
    inputs: () => [
      floatRows(seed, sourceRows(params), shape.depth, 4 * params.depth4, 0.5),
      normals(seed + 1, 16 * params.depth4 * weightColumns4, shape.depth ** -0.5),
      normals(seed + 2, 4 * params.columns4),
      shape.residual ? normals(seed + 3, 4 * params.residual_rows * params.residual_stride4) : unused(),
    ],
    outputWords: gemmOutputWords(params, 4),
  };
}

export const gemmCases = shapes.map(gemmCase);
