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
}

function levelOf(levels: Levels, code: number): { shift: number; odd: number } | null {
  const perShift = levels.odd ? 2 : 1;
  const shift = (levels.shift ?? 0) - Math.floor((code + perShift - 1) / perShift);
  return code === levels.top || shift < 0 ? null : { shift, odd: levels.odd && code % 2 === 1 ? 1 : 0 };
}

function levelWords(levels: Levels): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(256);
  for (let code = 0; code <= levels.top; code++) {
    if (levels.shift === undefined) words[code] = code - (levels.zeroPoint ?? 0);
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
    if (levels.shift === undefined) pairs[2 * code] = code - (levels.zeroPoint ?? 0);
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
];

/** Largest |sum level (v - zero)| that can occur, in units of the levels. */
function reach({ levels, shape, top, vZero }: CodesShape): number {
  const largest = levels.shift === undefined ? levels.top : 2 ** levels.shift;
  return shape.tokens * largest * Math.max(Math.abs(vZero), Math.abs(top - vZero));
}

function codesCase(
  entry: CodesShape,
  index: number,
  constants: Record<string, number>,
  levels: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>,
): KernelCase {
  const { shape, out } = entry;
  const { p_stride4, ...rest } = outputParams(shape);
  const rows = shape.images * shape.heads * shape.tokens;
  return {
    name: `${shape.name}, ${entry.name}`,
    params: {
      ...rest,
      p_stride4,
      scale: Math.fround(16 / reach(entry)),
      v_zero: entry.vZero,
      out_inverse_scale: out?.inverse ?? 1,
      out_zero: out?.zero ?? 0,
      out_max: out?.top ?? 0,
      head_dim: shape.headDim,
    },
    constants: { ...constants, QUANTIZE: out ? 1 : 0 },
    // Codes past column N are random: they must be ignored.
    inputs: () => [
      codeRows(3100 + index, rows, 4 * p_stride4, p_stride4, entry.levels.top),
      codesQkv(3150 + index, shape, entry.top),
      levels.slice(),
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
