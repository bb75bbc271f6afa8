import { seededRandom } from "../../tensor/random.ts";
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
  return { ...params, key_offset4: params.head4 * shape.heads, out_stride4: quads(shape.tokens) };
}

function outputWords({ images, heads, tokens }: AttentionShape): number {
  return images * heads * tokens * quads(tokens) * 4;
}

export const attentionScoresF32Cases = shapes.map((shape, index): KernelCase => ({
  name: shape.name,
  params: { ...scoreParams(shape), scale: Math.fround(shape.headDim ** -0.5) },
  constants: {},
  inputs: () => [floatQkv(2000 + index, shape)],
  outputWords: outputWords(shape),
}));

/** Zero points: one for all heads, or drawn from around it for each head, or for each token of each head. */
interface CodesShape extends AttentionShape {
  readonly top: number;
  readonly qZero: number;
  readonly kZero: number;
  readonly per?: "head" | "token";
}

const codesShapes: readonly CodesShape[] = [
  { ...shapes[0], top: 255, qZero: 0, kZero: 0 },
  { ...shapes[1], top: 15, qZero: 7, kZero: 9, per: "head" },
  { ...shapes[2], name: `${shapes[2].name}, zero points outside the codes`, top: 7, qZero: -21, kZero: 40, per: "token" },
  { ...shapes[3], top: 255, qZero: 128, kZero: 300 },
  { ...shapes[4], top: 63, qZero: 31, kZero: 30, per: "token" },
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

/** (scale, zero point) of each entry; all the same where there is one per tensor. */
function grids(seed: number, entries: number, scale: number, zero: number, varied: boolean): number[] {
  const next = seededRandom(seed);
  return Array.from({ length: entries }, () =>
    varied ? [scale * (0.5 + next()), zero + Math.floor(9 * next()) - 4] : [scale, zero],
  ).flat();
}

/** For both executions: the same integers, the same words. */
export const attentionScoresCodesCases = codesShapes.map((shape, index): KernelCase => {
  const { headDim, heads, tokens, qZero, kZero, top, per } = shape;
  const entries = per === "token" ? tokens : 1;
  return {
    name: per ? `${shape.name}, a grid per ${per}` : shape.name,
    params: { ...scoreParams(shape), head_dim: headDim, q_entries: entries, k_entries: entries },
    constants: {},
    inputs: () => [
      codesQkv(2100 + index, shape, top),
      Float32Array.from([
        ...grids(2150 + index, heads * entries, 8 / (top * Math.sqrt(headDim)), qZero, per !== undefined),
        ...grids(2180 + index, heads * entries, 1 / top, kZero, per !== undefined),
      ]),
    ],
    outputWords: outputWords(shape),
  };
});
