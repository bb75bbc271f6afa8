import { exactExp, exactReciprocal, foldSums, type Arithmetic } from "../exact-math.ts";
import { attentionScoresCodes } from "./attention.ts";
import { codes, encodeCode, f32, floats, type KernelTwin } from "./kernel-twin.ts";

type Numbers = Readonly<Record<string, number>>;

/** Exponentials of a row of scores, replaced in place, and their sum in the order of shaders/lib/sums.wgsl. */
function exponentials(row: Float32Array, math: Arithmetic): number {
  const top = row.reduce((a, b) => Math.max(a, b), -Infinity);
  const partial = new Float32Array(16);
  for (let j = 0; j < row.length; j++) {
    row[j] = exactExp(f32(row[j] - top), math);
    partial[j & 15] = f32(partial[j & 15] + row[j]);
  }
  return foldSums(partial);
}

/** Every query of every head: the first number of its q, of its head's k and v, and of its output, in units of one channel; k and v advance by `stride`. */
function forEachQuery(p: Numbers, visit: (at: { q: number; k: number; v: number; out: number; head: number; row: number }) => void): void {
  for (let map = 0; map < p.images * p.heads; map++) {
    const [image, head] = [Math.floor(map / p.heads), map % p.heads];
    const base = 4 * (image * p.tokens * p.qkv_stride4 + head * p.head4);
    for (let i = 0; i < p.tokens; i++) {
      visit({
        q: base + 4 * i * p.qkv_stride4,
        k: base + 4 * p.key_offset4,
        v: base + 4 * p.value_offset4,
        out: 4 * ((image * p.tokens + i) * p.out_stride4 + head * p.head4),
        head,
        row: map * p.tokens + i,
      });
    }
  }
}

/** shaders/attention-rows-f32.wgsl */
export const attentionRowsF32: KernelTwin = (p, _constants, [qkvWords], output, math) => {
  const qkv = floats(qkvWords);
  const y = floats(output);
  const stride = 4 * p.qkv_stride4;
  const row = new Float32Array(p.tokens);
  forEachQuery(p, ({ q, k, v, out }) => {
    for (let j = 0; j < p.tokens; j++) {
      let sum = 0;
      for (let d = 0; d < 4 * p.head4; d++) sum = math.fma(qkv[k + j * stride + d], qkv[q + d], sum);
      row[j] = f32(sum * f32(p.scale));
    }
    const inverse = exactReciprocal(exponentials(row, math), math);
    for (let d = 0; d < 4 * p.head4; d++) {
      let sum = 0;
      for (let j = 0; j < p.tokens; j++) sum = math.fma(qkv[v + j * stride + d], row[j], sum);
      y[out + d] = f32(sum * inverse);
    }
  });
};

/** shaders/attention-rows-codes-f32.wgsl and -integer.wgsl: the same integers. */
export const attentionRowsCodes: KernelTwin = (p, _constants, inputs, output, math) => {
  const [qkvWords, gridWords] = inputs;
  const [thresholds, levels] = inputs.slice(2, 4).map(floats);
  const columns = floats(inputs[5]);
  const quads = Math.ceil(p.tokens / 4);
  const scoreWords = new Uint32Array(p.images * p.heads * p.tokens * quads * 4);
  attentionScoresCodes({ ...p, out_stride4: quads }, {}, [qkvWords, gridWords], scoreWords, math);
  const scores = floats(scoreWords);
  const qkv = codes(qkvWords);
  const yFloats = floats(output);
  const yCodes = codes(output);
  const stride = 4 * p.qkv_stride4;
  forEachQuery(p, ({ v, out, head, row }) => {
    const e = scores.slice(4 * quads * row, 4 * quads * row + p.tokens);
    const sum = exponentials(e, math);
    const level = e.map((value) => {
      let reached = 0;
      while (value >= f32(thresholds[reached] * sum)) reached++;
      return levels[reached];
    });
    const sumOf = (factor: (j: number) => number) => level.reduce((total, one, j) => (total + Math.imul(one, factor(j))) | 0, 0);
    const allLevels = sumOf(() => 1);
    for (let d = 0; d < 4 * p.head4; d++) {
      const column = 4 * head * p.head4 + d;
      const [scale, vZero, inverse, zero] = [0, 1, 2, 3].map((entry) => columns[16 * (column >> 2) + 4 * entry + (column & 3)]);
      const sum = (sumOf((j) => qkv[v + j * stride + d]) - Math.imul(vZero, allLevels)) | 0;
      const y = f32(f32(sum) * scale);
      if (p.quantize === 1) yCodes[out + d] = encodeCode(y, inverse, zero, f32(p.out_max), math);
      else yFloats[out + d] = y;
    }
  });
};
