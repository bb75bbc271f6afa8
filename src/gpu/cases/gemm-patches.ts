/** The cases of linear layers with patchify as their prologue: patch embeddings, x the images before they are cut. */
import { normals } from "./case-data.ts";
import { without, type GemmShape } from "./gemm-case.ts";
import { codesCase } from "./gemm-codes.ts";
import { gemmCase } from "./gemm.ts";
import type { KernelCase } from "./kernel-case.ts";

interface PatchShape {
  readonly name: string;
  readonly images: number;
  readonly channels: number;
  readonly patch: number;
  readonly down: number;
  readonly across: number;
  readonly columns: number;
  readonly residual: boolean;
  /** Bits of a stored weight code; K in chunks of so many quads. */
  readonly container: 2 | 4 | 8;
  readonly chunk?: number;
}

const patchShapes: readonly PatchShape[] = [
  { name: "1 patch of 1 pixel", images: 1, channels: 1, patch: 1, down: 1, across: 1, columns: 1, residual: false, container: 2 },
  {
    name: "3 images of 2 x 3 patches of 5",
    images: 3,
    channels: 3,
    patch: 5,
    down: 2,
    across: 3,
    columns: 12,
    residual: true,
    container: 4,
  },
  {
    name: "2 images of 3 x 2 patches of 4",
    images: 2,
    channels: 3,
    patch: 4,
    down: 3,
    across: 2,
    columns: 20,
    residual: true,
    container: 8,
    chunk: 5,
  },
];

function shapeOf({ name, images, channels, patch, down, across, columns, residual }: PatchShape): GemmShape {
  const patches = down * across;
  const gap = residual ? { gap: { patches, prefix: 1 } } : {};
  return { name, rows: images * patches, columns, depth: channels * patch * patch, residual, ...gap };
}

/** `each`: the layer on patches that are stored. Pixels are multiples of 1/8 and steps powers of two, so that many codes are rounding ties. */
function ofImages(each: KernelCase, index: number, constants: readonly string[], grid: Readonly<Record<string, number>>): KernelCase {
  const { images, channels, patch, down, across } = patchShapes[index];
  const [height, width] = [down * patch, across * patch];
  const geometry = { patches: down * across, patch_columns: across, depth: channels * patch * patch, patch_size: patch, height, width };
  return {
    ...each,
    params: { ...without(each.params, "row_period", "group4"), ...geometry, ...grid },
    constants: Object.fromEntries(constants.map((name) => [name, each.constants[name]])),
    inputs: () => [
      normals(40_000 + index, images * channels * height * width).map((value) => Math.floor(8 * value) / 8),
      ...each.inputs().slice(1, "inverse_scale" in grid ? 5 : 4),
    ],
  };
}

const GRID = { inverse_scale: 4, zero: 2, code_max: 15 };
const codes = (execution: "f32" | "dot") =>
  patchShapes.map(({ container, chunk, ...shape }, index) =>
    codesCase({ ...shapeOf({ container, ...shape }), container, top: GRID.code_max, ...(chunk ? { chunk } : {}) }, 50 + index, execution),
  );

export const gemmPatchesF32Cases = patchShapes.map((shape, index) => ofImages(gemmCase(shapeOf(shape), 50 + index), index, [], {}));
export const gemmPatchesCodesF32Cases = codes("f32").map((each, index) => ofImages(each, index, ["CONTAINER", "CHUNKED"], GRID));
export const gemmPatchesCodesDotCases = codes("dot").map((each, index) => ofImages(each, index, ["CONTAINER"], GRID));
