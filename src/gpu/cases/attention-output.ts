import { seededRandom } from "../../tensor/random.ts";
import { codeRows, quads, uniforms } from "./case-data.ts";
import { attentionParams, codesQkv, floatQkv, type AttentionShape } from "./attention-shape.ts";
import type { KernelCase } from "./kernel-case.ts";

const shapes = {
  one: { name: "1 token, head of 1", tokens: 1, heads: 1, headDim: 1, images: 1 },
  five: { name: "5 tokens, 3 heads of 10, 2 images", tokens: 5, heads: 3, headDim: 10, images: 2 },
  seventeen: { name: "17 tokens, 2 heads of 6", tokens: 17, heads: 2, headDim: 6, images: 1 },
  wide: { name: "33 tokens, head of 65", tokens: 33, heads: 1, headDim: 65, images: 1 },
  long: { name: "197 tokens, head of 16", tokens: 197, heads: 1, headDim: 16, images: 1 },
} as const satisfies Record<string, AttentionShape>;

function outputParams(shape: AttentionShape) {
  const params = attentionParams(shape);
  const perSection = params.head4 * shape.heads;
  return { ...params, p_stride4: quads(shape.tokens), value_offset4: 2 * perSection, out_stride4: perSection };
}

function outputWords({ images, tokens, heads, headDim }: AttentionShape, wordsPerQuad: 1 | 4): number {
  return images * tokens * heads * quads(headDim) * wordsPerQuad;
}

/** Probabilities in rows of whole quads; past column N they are 0 (the contract of the float kernel). */
function probabilities(seed: number, { images, heads, tokens }: AttentionShape): Float32Array<ArrayBuffer> {
  const stride = 4 * quads(tokens);
  return uniforms(seed, images * heads * tokens * stride).map((value, at) => (at % stride < tokens ? value / tokens : 0));
}

export const attentionOutputF32Cases = Object.values(shapes).map((shape, index): KernelCase => ({
  name: shape.name,
  params: outputParams(shape),
  constants: {},
  inputs: () => [probabilities(3000 + index, shape), floatQkv(3050 + index, shape)],
  outputWords: outputWords(shape, 4),
}));

/** What each code of the probabilities contributes; largest code first, as the log2 family has it. */
interface Levels {
  /** Largest code; the last one means 0 where `zero`. */
  readonly top: number;
  /** Shift of code 0; two codes share a shift where `odd` (steps of sqrt 2). Without it the level is code - zeroPoint. */
  readonly shift?: number;
  readonly odd?: boolean;
  readonly zeroPoint?: number;
  /** Any integers instead, one for each code. */
  readonly table?: readonly number[];
  /** Added to every level. */
  readonly offset?: number;
  /** Codes as softmax-demax writes them: each is its own level. */
  readonly demax?: boolean;
}

const integerLevel = ({ table, zeroPoint = 0 }: Levels, code: number): number => (table ? table[code] : code - zeroPoint);

function levelOf(levels: Levels, code: number): { shift: number; odd: number } | null {
  const perShift = levels.odd ? 2 : 1;
  const shift = (levels.shift ?? 0) - Math.floor((code + perShift - 1) / perShift);
  return code === levels.top || shift < 0 ? null : { shift, odd: levels.odd && code % 2 === 1 ? 1 : 0 };
}

function levelWords(levels: Levels): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(256);
  for (let code = 0; code <= levels.top; code++) {
    if (levels.shift === undefined) words[code] = integerLevel(levels, code);
    else {
      const level = levelOf(levels, code);
      if (level) words[code] = level.shift | (level.odd << 8) | (1 << 9);
    }
  }
  return words;
}

function levelPairs(levels: Levels): Float32Array<ArrayBuffer> {
  const pairs = new Float32Array(512);
  for (let code = 0; code <= levels.top; code++) {
    if (levels.shift === undefined) pairs[2 * code] = integerLevel(levels, code);
    else {
      const level = levelOf(levels, code);
      if (level) pairs[2 * code + level.odd] = 2 ** level.shift;
    }
  }
  return pairs;
}

interface CodesShape {
  readonly name: string;
  readonly shape: AttentionShape;
  readonly levels: Levels;
  /** Largest code of v. */
  readonly top: number;
  readonly vZero: number;
  /** Each column has a scale, a zero point and an output grid of its own, around the ones given. */
  readonly perColumn?: boolean;
  /** Largest output code, zero point and 1 / step; without it the output is float. */
  readonly out?: { readonly top: number; readonly zero: number; readonly inverse: number };
}

const codesShapes: readonly CodesShape[] = [
  { name: "log2", shape: shapes.one, levels: { top: 15, shift: 12 }, top: 255, vZero: 3 },
  {
    name: "log sqrt 2 to codes",
    shape: shapes.five,
    levels: { top: 15, shift: 7, odd: true },
    top: 15,
    vZero: 7,
    out: { top: 15, zero: 8, inverse: 7.5 },
  },
  {
    name: "log2 to codes, zero points outside the codes",
    shape: shapes.seventeen,
    levels: { top: 7, shift: 6 },
    top: 7,
    vZero: -30,
    out: { top: 255, zero: -5, inverse: 32 },
  },
  {
    name: "uniform to codes",
    shape: shapes.wide,
    levels: { top: 255, zeroPoint: 3 },
    top: 255,
    vZero: 300,
    out: { top: 7, zero: 10, inverse: 1.5 },
  },
  { name: "uniform", shape: shapes.five, levels: { top: 3, zeroPoint: 0 }, top: 3, vZero: 2 },
  {
    name: "log sqrt 2, 8 bits",
    shape: shapes.long,
    levels: { top: 255, shift: 8, odd: true },
    top: 255,
    vZero: 127,
  },
  {
    name: "integer mantissas, a grid per column",
    shape: shapes.five,
    levels: { top: 7, table: [0, -3, 5, 17, 40, 101, 300, 731] },
    top: 255,
    vZero: 120,
    perColumn: true,
    out: { top: 15, zero: 7.25, inverse: 11 },
  },
  {
    name: "log2 with an offset, a grid per column",
    shape: shapes.seventeen,
    levels: { top: 15, shift: 10, offset: -0.75 },
    top: 63,
    vZero: 30,
    perColumn: true,
  },
  {
    name: "DeMax to codes",
    shape: shapes.seventeen,
    levels: { top: 15, demax: true },
    top: 255,
    vZero: 131,
    perColumn: true,
    out: { top: 255, zero: 128, inverse: 40 },
  },
  { name: "DeMax", shape: shapes.five, levels: { top: 255, demax: true }, top: 15, vZero: -3 },
];

/** Beyond exact f32: what only the 32-bit sums of the shift kernel hold. */
const shiftShapes: readonly CodesShape[] = [
  ...codesShapes,
  {
    name: "log sqrt 2 to codes, shifts near 32 bits",
    shape: shapes.five,
    levels: { top: 63, shift: 20, odd: true },
    top: 255,
    vZero: 128,
    out: { top: 255, zero: 100, inverse: 100 },
  },
  {
    name: "mantissas near 32 bits, a grid per column",
    shape: shapes.five,
    levels: { top: 7, offset: 1.0625, table: [-1, 1, 3, 1 << 12, 77_777, 500_001, 1_000_003, 1_600_000] },
    top: 255,
    vZero: 128,
    perColumn: true,
  },
];

/** Largest |sum level (v - zero)| that can occur, in units of the levels. */
function reach({ levels, shape, top, vZero }: CodesShape): number {
  const largest = levels.table ? Math.max(...levels.table) : levels.shift === undefined ? levels.top : 2 ** levels.shift;
  return shape.tokens * largest * Math.max(Math.abs(vZero), Math.abs(top - vZero));
}

/** Four vec4 per quad of stored columns: scale, zero point, inverse and zero of the output codes; the padding of a head is 0. */
function columnTable(seed: number, entry: CodesShape): Float32Array<ArrayBuffer> {
  const { heads, headDim } = entry.shape;
  const padded = 4 * quads(headDim);
  const table = new Float32Array(4 * heads * padded);
  const next = seededRandom(seed);
  for (let column = 0; column < heads * headDim; column++) {
    const at = Math.floor(column / headDim) * padded + (column % headDim);
    const [factor, shift] = entry.perColumn ? [0.5 + next(), Math.floor(5 * next()) - 2] : [1, 0];
    const values = [
      Math.fround(16 / reach(entry)) * factor,
      entry.vZero + shift,
      (entry.out?.inverse ?? 0) * factor,
      (entry.out?.zero ?? 0) + shift,
    ];
    values.forEach((value, row) => (table[16 * (at >> 2) + 4 * row + (at & 3)] = value));
  }
  return table;
}

/** Codes of the probabilities, those past column N random: they must be ignored. DeMax rows end with scale, maximum, its index and 0; the maximum has code 0. */
function probabilityCodes(seed: number, { shape, levels }: CodesShape): Uint32Array<ArrayBuffer> {
  const { images, heads, tokens } = shape;
  const rows = images * heads * tokens;
  const stride4 = quads(tokens);
  const words = codeRows(seed, rows, 4 * stride4, stride4, levels.top);
  if (!levels.demax) return words;
  const next = seededRandom(seed + 1);
  const out = new Uint32Array(rows * (stride4 + 4));
  for (let row = 0; row < rows; row++) {
    const index = Math.floor(next() * tokens);
    const start = row * (stride4 + 4);
    out.set(words.subarray(row * stride4, (row + 1) * stride4), start);
    out[start + (index >> 2)] &= ~(255 << (8 * (index & 3)));
    new Float32Array(out.buffer).set([next() / tokens, next()], start + stride4);
    out[start + stride4 + 2] = index;
  }
  return out;
}

function codesCase(
  entry: CodesShape,
  index: number,
  constants: Record<string, number>,
  levels: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>,
): KernelCase {
  const { shape, out } = entry;
  const { demax, offset } = entry.levels;
  const params = outputParams(shape);
  return {
    name: `${shape.name}, ${entry.name}`,
    params: { ...params, p_stride4: params.p_stride4 + (demax ? 4 : 0), out_max: out?.top ?? 0, offset: offset ?? 0 },
    constants: { ...constants, QUANTIZE: out ? 1 : 0, EXTRA: demax ? 2 : offset ? 1 : 0 },
    inputs: () => [
      probabilityCodes(3100 + index, entry),
      codesQkv(3150 + index, shape, entry.top),
      levels.slice(),
      columnTable(3200 + index, entry),
    ],
    outputWords: outputWords(shape, out ? 1 : 4),
  };
}

export const attentionOutputCodesF32Cases = codesShapes.map((entry, index) =>
  codesCase(entry, index, { ODD: entry.levels.odd ? 1 : 0 }, levelPairs(entry.levels)),
);

export const attentionOutputCodesShiftCases = shiftShapes.map((entry, index) =>
  codesCase(entry, index, { SHIFT: entry.levels.shift === undefined ? 0 : 1 }, levelWords(entry.levels)),
);
