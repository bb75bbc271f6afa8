import { quads } from "./case-data.ts";
import { attentionParams, codesQkv, floatQkv, type AttentionShape } from "./attention-shape.ts";
import type { KernelCase } from "./kernel-case.ts";

const shapes: readonly AttentionShape[] = [
  { name: "1 token, head of 1", tokens: 1, heads: 1, headDim: 1, images: 1 },
  { name: "5 tokens, 3 heads of 10, 2 images", tokens: 5, heads: 3, headDim: 10, images: 2 },
  { name: "17 tokens, 2 heads of 6", tokens: 17, heads: 2, headDim: 6, images: 1 },
  { name: "65 tokens, head of 33", tokens: 65, heads: 1, headDim: 33, images: 1 },
  { name: "197 tokens, head of 16", tokens: 197, heads: 1, headDim: 16, images: 1 },
];

function scoreParams(shape: AttentionShape) {
  const params = attentionParams(shape);
  return {
    ...params,
    key_offset4: params.head4 * shape.heads,
    out_stride4: quads(shape.tokens),
    scale: Math.fround(shape.headDim ** -0.5),
  };
}

function outputWords({ images, heads, tokens }: AttentionShape): number {
  return images * heads * tokens * quads(tokens) * 4;
}

export const attentionScoresF32Cases = shapes.map((shape, index): KernelCase => ({
  name: shape.name,
  params: scoreParams(shape),
  constants: {},
  inputs: () => [floatQkv(2000 + index, shape)],
  outputWords: outputWords(shape),
}));

interface CodesShape extends AttentionShape {
  readonly top: number;
  readonly qZero: number;
  readonly kZero: number;
}

const codesShapes: readonly CodesShape[] = [
  { ...shapes[0], top: 255, qZero: 0, kZero: 0 },
  { ...shapes[1], top: 15, qZero: 7, kZero: 9 },
  { ...shapes[2], name: `${shapes[2].name}, zero points outside the codes`, top: 7, qZero: -21, kZero: 40 },
  { ...shapes[3], top: 255, qZero: 128, kZero: 300 },
  { ...shapes[4], top: 63, qZero: 31, kZero: 30 },
  {
    name: "3 tokens, head of 256: largest codes at the f32 bound",
    tokens: 3,
    heads: 1,
    headDim: 256,
    images: 1,
    top: 255,
    qZero: 1,
    kZero: 2,
  },
];

/** For both executions: the same integers, the same words. */
export const attentionScoresCodesCases = codesShapes.map((shape, index): KernelCase => {
  const { headDim, qZero, kZero, top } = shape;
  const integers = { q_zero: qZero, k_zero: kZero, constant: headDim * qZero * kZero };
  return {
    name: shape.name,
    params: { ...scoreParams(shape), ...integers, scale: Math.fround(8 / (top * top * Math.sqrt(headDim))) },
    constants: {},
    inputs: () => [codesQkv(2100 + index, shape, top)],
    outputWords: outputWords(shape),
  };
});
