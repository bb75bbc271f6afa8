import { floatRows, normals, unused } from "./case-data.ts";
import { gemmOutputWords, rowMap, sourceRows, without, type GemmShape } from "./gemm-case.ts";
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
export function gemmCase(shape: GemmShape, index: number): KernelCase {
  const weightColumns4 = 4 * Math.ceil(shape.columns / 16);
  const params = { ...rowMap(shape), weight_columns4: weightColumns4 };
  const seed = 100 * (index + 1);
  return {
    name: shape.name,
    params,
    constants: {},
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

/** Rows x columns of the tiles that the ladder has (`gemmRungs`). */
const TILES = [
  [16, 16],
  [16, 32],
  [32, 32],
] as const;

/** Every case on every tile. */
export function onTiles(cases: readonly KernelCase[]): readonly KernelCase[] {
  return TILES.flatMap(([rows, columns]) =>
    cases.map((each) => ({
      ...each,
      name: `${each.name}, tile ${rows} x ${columns}`,
      constants: { ...each.constants, TILE_ROWS2: rows / 2, TILE_COLUMNS4: columns / 4 },
    })),
  );
}

export const gemmTiledCases = onTiles(gemmCases);

/** The sums of K in slices of three quads, the last one shorter. */
export const gemmF32PartialCases = gemmCases.map((each): KernelCase => {
  const { rows, columns4, depth4, weight_columns4, x_step, x_offset, x_stride4 } = each.params;
  const slice4 = 3;
  return {
    name: each.name,
    params: { rows, columns4, depth4, weight_columns4, x_step, x_offset, x_stride4, slice4 },
    constants: {},
    inputs: () => each.inputs().slice(0, 2),
    outputWords: Math.ceil(depth4 / slice4) * rows * 4 * columns4,
  };
});

/** As many slices as the case has an index, and one more. */
export const gemmF32CombineCases = shapes.map((shape, index): KernelCase => {
  const map = rowMap(shape);
  const slices = index + 1;
  const params = { ...without(map, "depth4"), slices };
  const seed = 2000 + 100 * index;
  return {
    name: shape.name,
    params,
    constants: {},
    inputs: () => [
      normals(seed, slices * map.rows * 4 * map.columns4),
      normals(seed + 1, 4 * map.columns4),
      shape.residual ? normals(seed + 2, 4 * map.residual_rows * map.residual_stride4) : unused(),
    ],
    outputWords: gemmOutputWords(params, 4),
  };
});
