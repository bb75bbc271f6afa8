import { levelSearch } from "../level-search.ts";
import { seededRandom } from "../../tensor/random.ts";
import { attentionParams, codesQkv, floatQkv, type AttentionShape } from "./attention-shape.ts";
import { quads } from "./case-data.ts";
import type { KernelCase } from "./kernel-case.ts";

const shapes = {
  one: { name: "1 token, head of 1", tokens: 1, heads: 1, headDim: 1, images: 1 },
  five: { name: "5 tokens, 3 heads of 10, 2 images", tokens: 5, heads: 3, headDim: 10, images: 2 },
  eleven: { name: "11 tokens, head of 20", tokens: 11, heads: 1, headDim: 20, images: 1 },
  seventeen: { name: "17 tokens, 2 heads of 6", tokens: 17, heads: 2, headDim: 6, images: 1 },
  wide: { name: "33 tokens, head of 65", tokens: 33, heads: 1, headDim: 65, images: 1 },
  long: { name: "197 tokens, head of 16", tokens: 197, heads: 1, headDim: 16, images: 1 },
  most: { name: "256 tokens, head of 4", tokens: 256, heads: 1, headDim: 4, images: 1 },
} as const satisfies Record<string, AttentionShape>;

function rowParams(shape: AttentionShape) {
  const params = attentionParams(shape);
  const perSection = params.head4 * shape.heads;
  return { ...params, key_offset4: perSection, value_offset4: 2 * perSection, out_stride4: perSection };
}

function outputWords({ images, tokens, heads, headDim }: AttentionShape, wordsPerQuad: 1 | 4): number {
  return images * tokens * heads * quads(headDim) * wordsPerQuad;
}

const floatCase = (shape: AttentionShape, index: number): KernelCase => ({
  name: shape.name,
  params: { ...rowParams(shape), scale: Math.fround(shape.headDim ** -0.5) },
  constants: {},
  inputs: () => [floatQkv(6000 + index, shape)],
  outputWords: outputWords(shape, 4),
});

export const attentionRowsF32Cases = Object.values(shapes).map(floatCase);

interface CodesShape {
  readonly name: string;
  readonly shape: AttentionShape;
  /** Largest code of q, k and v, and the zero points around which each grid's is drawn. */
  readonly top: number;
  readonly zeros: readonly [query: number, key: number, value: number];
  readonly per: "tensor" | "head" | "token";
  /** Ascending decision points, and the level of each number of them reached. */
  readonly thresholds: readonly number[];
  readonly levels: readonly number[];
  readonly out?: { readonly top: number; readonly zero: number; readonly inverse: number };
}

/** Powers of two, or of sqrt 2 where there are two per shift, rounded to whole numbers; the smallest probability means 0. */
function logarithmic(count: number, shift: number, perShift: 1 | 2): Pick<CodesShape, "thresholds" | "levels"> {
  const thresholds = Array.from({ length: count }, (_, i) => 2 ** (-(count - i - 0.5) / perShift));
  const levels = Array.from({ length: count + 1 }, (_, reached) => {
    return reached === 0 ? 0 : Math.floor(2 ** (shift - (count - reached) / perShift));
  });
  return { thresholds, levels };
}

const uniform = (count: number, zero: number) => ({
  thresholds: Array.from({ length: count }, (_, i) => (i + 0.5) / count),
  levels: Array.from({ length: count + 1 }, (_, code) => code - zero),
});

const codesShapes: readonly CodesShape[] = [
  { name: "log2", shape: shapes.one, top: 255, zeros: [0, 0, 3], per: "tensor", ...logarithmic(15, 12, 1) },
  {
    name: "4-bit log sqrt 2 to codes, a grid per head",
    shape: shapes.five,
    top: 15,
    zeros: [7, 9, 7],
    per: "head",
    ...logarithmic(15, 7, 2),
    out: { top: 15, zero: 8, inverse: 7.5 },
  },
  {
    name: "log2 to codes, zero points outside the codes, a grid per token",
    shape: shapes.seventeen,
    top: 7,
    zeros: [-21, 40, -30],
    per: "token",
    ...logarithmic(7, 6, 1),
    out: { top: 255, zero: -5, inverse: 32 },
  },
  { name: "uniform", shape: shapes.wide, top: 255, zeros: [128, 300, 120], per: "tensor", ...uniform(255, 3) },
  {
    name: "integer mantissas, some negative, to codes",
    shape: shapes.eleven,
    top: 63,
    zeros: [31, 30, 20],
    per: "head",
    thresholds: [0, 0.01, 0.05, 0.1, 0.25, 0.5],
    levels: [0, -3, 5, 17, 40, 101, 300],
    out: { top: 15, zero: 7.25, inverse: 11 },
  },
  { name: "log sqrt 2", shape: shapes.long, top: 255, zeros: [127, 128, 127], per: "tensor", ...logarithmic(24, 8, 2) },
  {
    name: "log sqrt 2 to codes",
    shape: shapes.most,
    top: 63,
    zeros: [30, 31, 30],
    per: "token",
    ...logarithmic(15, 7, 2),
    out: { top: 63, zero: 30, inverse: 20 },
  },
];

/** Beyond exact f32 sums. */
const integerShapes: readonly CodesShape[] = [
  ...codesShapes,
  {
    name: "log sqrt 2 to codes, levels near 32 bits",
    shape: shapes.eleven,
    top: 255,
    zeros: [127, 120, 128],
    per: "head",
    ...logarithmic(44, 22, 2),
    out: { top: 255, zero: 100, inverse: 100 },
  },
];

const around = (next: () => number, value: number, varied: boolean) => value + (varied ? Math.floor(9 * next()) - 4 : 0);

/** (scale, zero point) of queries, then of keys. */
function grids(seed: number, { shape, top, zeros, per }: CodesShape): Float32Array<ArrayBuffer> {
  const next = seededRandom(seed);
  const entries = shape.heads * (per === "token" ? shape.tokens : 1);
  const scales = [8 / (top * Math.sqrt(shape.headDim)), 1 / top];
  const pairs = scales.flatMap((scale, side) =>
    Array.from({ length: entries }, () => [scale * (per === "tensor" ? 1 : 0.5 + next()), around(next, zeros[side], per !== "tensor")]),
  );
  return Float32Array.from(pairs.flat());
}

/** Four vec4 per quad of stored columns: scale, zero point, inverse and zero of the output codes; the padding of a head is 0. */
function columnTable(seed: number, { shape, levels, top, zeros, per, out }: CodesShape): Float32Array<ArrayBuffer> {
  const padded = 4 * quads(shape.headDim);
  const table = new Float32Array(4 * shape.heads * padded);
  const next = seededRandom(seed);
  const reach = Math.max(...levels.map(Math.abs)) * Math.max(Math.abs(zeros[2]), Math.abs(top - zeros[2]), 1);
  for (let column = 0; column < shape.heads * shape.headDim; column++) {
    const at = Math.floor(column / shape.headDim) * padded + (column % shape.headDim);
    const values = [Math.fround(4 / reach) * (0.5 + next()), around(next, zeros[2], per !== "tensor"), out?.inverse ?? 0, out?.zero ?? 0];
    values.forEach((value, row) => (table[16 * (at >> 2) + 4 * row + (at & 3)] = value));
  }
  return table;
}

function codesCase(entry: CodesShape, index: number): KernelCase {
  const { shape, per, thresholds, levels, out } = entry;
  const entries = per === "token" ? shape.tokens : 1;
  const search = levelSearch(thresholds);
  const integers = {
    head_dim: shape.headDim,
    q_entries: entries,
    k_entries: entries,
    bucket_shift: search.shift,
    bucket_first: search.first,
    search_steps: search.steps,
    quantize: out ? 1 : 0,
  };
  return {
    name: `${shape.name}, ${entry.name}`,
    params: { ...rowParams(shape), ...integers, out_max: out?.top ?? 0 },
    constants: {},
    inputs: () => {
      const table = Float32Array.from(levels);
      const columns = columnTable(6200 + index, entry);
      return [codesQkv(6100 + index, shape, entry.top), grids(6150 + index, entry), search.thresholds, table, search.starts, columns];
    },
    outputWords: outputWords(shape, out ? 1 : 4),
  };
}

/** What workgroup memory holds. */
const fitsTile = ({ params }: KernelCase) => params.tokens <= 240;
const tileShape: AttentionShape = { name: "240 tokens, head of 4", tokens: 240, heads: 1, headDim: 4, images: 1 };

export const attentionRowsCodesF32Cases = codesShapes.map(codesCase);
export const attentionRowsCodesIntegerCases = integerShapes.map(codesCase);
export const attentionTileF32Cases = [...attentionRowsF32Cases.filter(fitsTile), floatCase(tileShape, 20)];
export const attentionTileCodesCases = [
  ...attentionRowsCodesIntegerCases.filter(fitsTile),
  codesCase({ ...codesShapes[codesShapes.length - 1], shape: tileShape }, 20),
];
