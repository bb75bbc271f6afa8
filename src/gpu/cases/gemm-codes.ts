import { seededRandom } from "../../tensor/random.ts";
import { anyWords, codeRows, integers, normals, unused } from "./case-data.ts";
import { onTiles } from "./gemm.ts";
import { gemmOutputWords, rowMap, sourceRows, without, type GemmShape } from "./gemm-case.ts";
import type { KernelCase } from "./kernel-case.ts";

interface CodesShape extends GemmShape {
  /** Bits that a stored weight code takes. */
  readonly container: 2 | 4 | 8;
  /** Largest activation code. */
  readonly top: number;
  /** Largest output code; without it the output is float. */
  readonly outTop?: number;
  /** Quads of K whose sum is exact in f32; where given, K is cut into such chunks. */
  readonly chunk?: number;
  /** Every weight code is the largest one. */
  readonly largestWeights?: boolean;
  /** Tokens of an image, each with a grid of its own for x. */
  readonly tokens?: number;
  /** Codes of x stand for levels up to this, of both signs; for the f32 kernel. */
  readonly levels?: number;
  /** Groups along K with columns of their own; for the f32 kernel. */
  readonly groups?: number;
  /** Steps that are powers of two and no bias: sums fall exactly between two codes. */
  readonly ties?: boolean;
}

/**
 * Every pair of values of two constants occurs, in ten variants of the 48 (`kernels.test.ts` looks for them): each is compiled for every rung, for up to two seconds on a
 * software adapter.
 */
const shapes: readonly CodesShape[] = [
  { name: "1 x 1, K 1", rows: 1, columns: 1, depth: 1, container: 8, top: 255 },
  { name: "W4A4 33 x 65, K 31, GELU erf to codes", rows: 33, columns: 65, depth: 31, container: 4, top: 15, gelu: 1, outTop: 15 },
  { name: "W2A3 7 x 36, K 5, GELU tanh to codes", rows: 7, columns: 36, depth: 5, container: 2, top: 7, gelu: 2, outTop: 7 },
  { name: "W8A8 31 x 33, K 17, residual", rows: 31, columns: 33, depth: 17, container: 8, top: 255, residual: true },
  {
    name: "W4A8 patch embedding: class-token gap and positions",
    rows: 15,
    columns: 12,
    depth: 12,
    container: 4,
    top: 255,
    residual: true,
    gap: { patches: 5, prefix: 2 },
  },
  {
    name: "W2A6 one token of each image, wider output rows",
    rows: 7,
    columns: 10,
    depth: 9,
    container: 2,
    top: 63,
    step: 5,
    offset: 2,
    outputGap: 2,
  },
  {
    name: "W2A2 exact ties between codes, wider output rows",
    rows: 5,
    columns: 20,
    depth: 7,
    container: 2,
    top: 3,
    outTop: 255,
    ties: true,
    outputGap: 1,
  },
  {
    name: "W8A8 largest codes at the f32 bound",
    rows: 9,
    columns: 9,
    depth: 256,
    container: 8,
    top: 255,
    largestWeights: true,
  },
  {
    name: "W8A8 largest codes past the f32 bound",
    rows: 9,
    columns: 9,
    depth: 521,
    container: 8,
    top: 255,
    largestWeights: true,
    chunk: 64,
  },
  { name: "W8A8 65 x 70, K 33, one chunk", rows: 65, columns: 70, depth: 33, container: 8, top: 255, outTop: 255, chunk: 64 },
  {
    name: "W4A4 3 x 17, K 197, chunks with a rest, a grid for each of 3 tokens",
    rows: 3,
    columns: 17,
    depth: 197,
    container: 4,
    top: 15,
    tokens: 3,
    outTop: 15,
    residual: true,
    chunk: 3,
  },
  {
    name: "W4A4 12 x 17, K 9, a grid for each of 4 tokens to codes",
    rows: 12,
    columns: 17,
    depth: 9,
    container: 4,
    top: 15,
    tokens: 4,
    outTop: 15,
    chunk: 2,
  },
  {
    name: "W8A8 one token of each image, a grid for each of 5",
    rows: 3,
    columns: 9,
    depth: 8,
    container: 8,
    top: 255,
    step: 5,
    offset: 2,
    tokens: 5,
  },
  { name: "W8A8 levels of a codebook, K 521, chunks", rows: 5, columns: 9, depth: 521, container: 8, top: 255, levels: 2700, chunk: 6 },
  {
    name: "W4A4 levels of a codebook, 9 x 13, groups of 16, GELU to codes",
    rows: 9,
    columns: 13,
    depth: 32,
    container: 4,
    top: 15,
    levels: 510,
    groups: 2,
    gelu: 1,
    outTop: 15,
  },
  {
    name: "W4A8 levels of a codebook, groups of 12, residual",
    rows: 9,
    columns: 20,
    depth: 60,
    container: 4,
    top: 255,
    levels: 400,
    groups: 5,
    residual: true,
  },
  {
    name: "W8A8 groups of 300 in chunks of 128 to codes",
    rows: 9,
    columns: 9,
    depth: 600,
    container: 8,
    top: 255,
    groups: 2,
    chunk: 32,
    outTop: 255,
  },
  {
    name: "W2A3 groups of 8 in chunks of 4, levels, tokens, positions",
    rows: 10,
    columns: 12,
    depth: 16,
    container: 2,
    top: 7,
    groups: 2,
    chunk: 1,
    levels: 40,
    tokens: 5,
    residual: true,
    gap: { patches: 5, prefix: 1 },
  },
];

/** The packed integer product has no use for the rest: it sums in 32 bits, its codes are their own levels, and weights in groups do without it. */
const dotShapes = shapes.map(({ groups: _groups, levels: _levels, chunk: _chunk, ...shape }): CodesShape => shape);

/** Per stored column (scale, bias, 1 / out_scale, out_zero); all 0 in the padding. Products come out at about -3..3. */
function columnFloats(
  seed: number,
  stored: number,
  { columns, depth, top, container, ties, outTop, levels, groups = 1 }: CodesShape,
): Float32Array<ArrayBuffer> {
  const next = seededRandom(seed);
  const scale = 1 / (Math.sqrt(depth) * (levels ?? top) * 2 ** (container - 1));
  const inverse = outTop === undefined ? 0 : outTop / 4;
  return Float32Array.from({ length: 4 * stored * groups }, (_, at) => {
    const random = next();
    if (at % (4 * stored) >= 4 * columns) return 0;
    // Zero points inside, below and above the code range.
    const zero = [0, 3, -2, (outTop ?? 0) + 2][(at >> 2) % 4];
    if (ties) return [1 / 8, 0, 2, zero][at % 4];
    return [scale * (0.5 + random), 2 * random - 1, inverse, zero][at % 4];
  });
}

/** Per stored column (256 x weight zero point + largest output code, constant); every third zero point is far outside the code range. */
function columnIntegers(
  seed: number,
  stored: number,
  { columns, top, container, outTop = 0, groups = 1 }: CodesShape,
): Int32Array<ArrayBuffer> {
  const far = integers(seed, stored * groups, -40, 300);
  const constants = integers(seed + 1, stored * groups, -top, top);
  return Int32Array.from({ length: 2 * stored * groups }, (_, at) => {
    const column = at >> 1;
    const zero = column % 3 === 2 ? far[column] : 2 ** (container - 1);
    return column % stored < columns ? [256 * zero + outTop, constants[column]][at % 2] : 0;
  });
}

/** 256 integers of both signs, the largest among them. */
function levelTable(seed: number, largest: number): Float32Array<ArrayBuffer> {
  const table = Float32Array.from(integers(seed, 256, -largest, largest));
  table.set([largest, -largest], 1);
  return table;
}

/** (scale, zero point) of each token. */
function rowTable(seed: number, tokens: number, top: number): Float32Array<ArrayBuffer> {
  const scales = normals(seed, tokens);
  return Float32Array.from([...integers(seed + 1, tokens, -top, 2 * top)].flatMap((zero, token) => [Math.abs(scales[token]), zero]));
}

export function codesCase(shape: CodesShape, index: number, execution: "f32" | "dot"): KernelCase {
  const { container, depth, columns } = shape;
  const perWord = 32 / container;
  const map = rowMap(shape);
  const packedColumns = 16 * Math.ceil(columns / 16);
  const weightStride = execution === "f32" ? packedColumns / perWord : packedColumns;
  const weightRows = execution === "f32" ? 4 * map.depth4 : Math.ceil((4 * map.depth4) / perWord);
  const groups = shape.groups ?? 1;
  const chunks = { chunk4: shape.chunk ?? map.depth4, group4: map.depth4 / groups };
  const params = {
    ...map,
    weight_stride: weightStride,
    row_period: shape.tokens ?? 1,
    quantize: shape.outTop === undefined ? 0 : 1,
    ...(execution === "f32" ? chunks : {}),
  };
  const seed = 10_000 + 100 * index;
  const variant = {
    CONTAINER: container,
    TOKENS: shape.tokens === undefined ? 0 : 1,
  };
  const forms = { CHUNKED: shape.chunk === undefined ? 0 : 1, LEVELS: shape.levels === undefined ? 0 : 1, GROUPED: groups > 1 ? 1 : 0 };
  return {
    name: shape.name,
    params,
    constants: execution === "f32" ? { ...variant, ...forms } : variant,
    inputs: () => [
      codeRows(seed, sourceRows(params), depth, map.depth4, shape.top),
      shape.largestWeights ? new Uint32Array(weightRows * weightStride).fill(0xffffffff) : anyWords(seed + 1, weightRows * weightStride),
      columnFloats(seed + 2, 4 * map.columns4, shape),
      columnIntegers(seed + 3, 4 * map.columns4, shape),
      shape.residual ? normals(seed + 5, 4 * params.residual_rows * params.residual_stride4) : unused(),
      ...(execution === "f32" ? [shape.levels === undefined ? unused() : levelTable(seed + 6, shape.levels)] : []),
      shape.tokens === undefined ? unused() : rowTable(seed + 7, shape.tokens, shape.top),
    ],
    outputWords: gemmOutputWords(params, shape.outTop === undefined ? 4 : 1),
  };
}

/** The list of every rung. */
export const gemmCodesF32Cases = shapes.map((shape, index) => codesCase(shape, index, "f32"));
export const gemmCodesDotCases = dotShapes.map((shape, index) => codesCase(shape, index, "dot"));

export const gemmCodesF32TiledCases = onTiles(gemmCodesF32Cases);
export const gemmCodesDotTiledCases = onTiles(gemmCodesDotCases);

/** A case of the whole layer as the sums of its slices of 8 quads of K: a whole number of words at every width. */
function partialCase(each: KernelCase, execution: "f32" | "dot"): KernelCase {
  const { rows, columns4, depth4, weight_stride, x_step, x_offset, x_stride4, chunk4 } = each.params;
  const slices = { rows, columns4, depth4, weight_stride, x_step, x_offset, x_stride4, slice4: 8 };
  const { CONTAINER, CHUNKED, LEVELS } = each.constants;
  return {
    name: each.name,
    params: execution === "f32" ? { ...slices, chunk4 } : slices,
    constants: execution === "f32" ? { CONTAINER, CHUNKED, LEVELS } : { CONTAINER },
    inputs() {
      const [x, weight, , columnI, , levels] = each.inputs();
      return execution === "f32" ? [x, weight, columnI, levels] : [x, weight, columnI];
    },
    outputWords: Math.ceil(depth4 / slices.slice4) * rows * 4 * columns4,
  };
}

export const gemmCodesDotPartialCases = gemmCodesDotCases.map((each) => partialCase(each, "dot"));
/** Weights in groups take no slices. */
export const gemmCodesF32PartialCases = gemmCodesF32Cases
  .filter(({ constants }) => !constants.GROUPED)
  .map((each) => partialCase(each, "f32"));

/** The epilogues of the whole layer behind three slices. */
export const gemmCodesCombineCases = gemmCodesDotCases.map((each, index): KernelCase => {
  const slices = 3;
  const params = { ...without(each.params, "depth4", "weight_stride"), slices };
  const constants = without(each.constants, "CONTAINER");
  return {
    name: each.name,
    params,
    constants,
    inputs() {
      const [, , columnF, columnI, residual, rowTable] = each.inputs();
      const parts = integers(20_000 + index, slices * each.params.rows * 4 * each.params.columns4, -2000, 2000);
      return [parts, columnF, columnI, residual, rowTable];
    },
    outputWords: each.outputWords,
  };
});
