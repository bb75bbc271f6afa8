/** Geometry of the attention cases: q, k, v side by side, each head padded to whole quads. */
import { codeRows, floatRows, quads } from "./case-data.ts";

export interface AttentionShape {
  readonly name: string;
  readonly tokens: number;
  readonly heads: number;
  readonly headDim: number;
  readonly images: number;
}

/** Parameters that all five attention kernels have. */
export function attentionParams({ tokens, heads, headDim, images }: AttentionShape) {
  return { tokens, heads, head4: quads(headDim), qkv_stride4: 3 * heads * quads(headDim), images };
}

/** [images * tokens, 3 * heads * head4] quads of floats; the padding of a head is 0. */
export function floatQkv(seed: number, shape: AttentionShape): Float32Array<ArrayBuffer> {
  const { images, tokens, headDim } = shape;
  const stride = 4 * attentionParams(shape).qkv_stride4;
  const rows = floatRows(seed, images * tokens, stride, stride);
  return rows.map((value, at) => ((at % stride) % (4 * quads(headDim)) < headDim ? value : 0));
}

/** [images * tokens, 3 * heads * head4] words of four codes 0..top; the padding of a head is 0. */
export function codesQkv(seed: number, shape: AttentionShape, top: number): Uint32Array<ArrayBuffer> {
  const { images, tokens, headDim } = shape;
  const { qkv_stride4, head4 } = attentionParams(shape);
  const words = codeRows(seed, images * tokens, 4 * qkv_stride4, qkv_stride4, top);
  const bytes = new Uint8Array(words.buffer);
  for (let at = 0; at < bytes.length; at++) if ((at % (4 * qkv_stride4)) % (4 * head4) >= headDim) bytes[at] = 0;
  return words;
}
