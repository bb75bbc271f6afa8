import { codes, encodeCode, f32, floats, type KernelTwin, type Words } from "./kernel-twin.ts";

/** shaders/attention-scores-f32.wgsl; the order inside its dot products is the compiler's, so this one is compared within a bound. */
export const attentionScoresF32: KernelTwin = (p, _constants, [qkvWords], output) => {
  const qkv = floats(qkvWords);
  const y = floats(output);
  forEachScore(p, (q, k, at) => {
    let sum = 0;
    for (let d = 0; d < 4 * p.head4; d++) sum += qkv[q + d] * qkv[k + d];
    y[at] = f32(f32(sum) * p.scale);
  });
};

/** shaders/attention-scores-codes-f32.wgsl and -dot.wgsl: the same integers. */
export const attentionScoresCodes: KernelTwin = (p, _constants, [qkvWords, gridWords], output) => {
  const qkv = codes(qkvWords);
  const grids = floats(gridWords);
  const y = floats(output);
  forEachScore(p, (q, k, at, head, i, j) => {
    let sum = 0;
    let qSum = 0;
    let kSum = 0;
    for (let d = 0; d < 4 * p.head4; d++) {
      sum += qkv[q + d] * qkv[k + d];
      qSum += qkv[q + d];
      kSum += qkv[k + d];
    }
    const [qScale, qZero] = pairAt(grids, head * p.q_entries + Math.min(i, p.q_entries - 1));
    const [kScale, kZero] = pairAt(grids, p.heads * p.q_entries + head * p.k_entries + Math.min(j, p.k_entries - 1));
    const constant = Math.imul(Math.imul(p.head_dim, qZero), kZero);
    const exact = (sum - Math.imul(kZero, qSum) - Math.imul(qZero, kSum) + constant) | 0;
    y[at] = f32(f32(exact) * f32(qScale * kScale));
  });
};

const pairAt = (pairs: Float32Array, index: number) => [pairs[2 * index], pairs[2 * index + 1]];

type ScoreVisit = (q: number, k: number, at: number, head: number, i: number, j: number) => void;

function forEachScore(p: Readonly<Record<string, number>>, visit: ScoreVisit): void {
  for (let image = 0; image < p.images; image++) {
    for (let head = 0; head < p.heads; head++) {
      const base = 4 * (image * p.tokens * p.qkv_stride4 + head * p.head4);
      for (let i = 0; i < p.tokens; i++) {
        // Columns past N repeat the last key, as the shader's clamped reads do.
        for (let j = 0; j < 4 * p.out_stride4; j++) {
          const key = base + 4 * (p.key_offset4 + Math.min(j, p.tokens - 1) * p.qkv_stride4);
          const at = ((image * p.heads + head) * p.tokens + i) * p.out_stride4 * 4 + j;
          visit(base + 4 * i * p.qkv_stride4, key, at, head, i, j);
        }
      }
    }
  }
}

/** shaders/attention-output-f32.wgsl: one chain of fma per output, j ascending over the padded width. */
export const attentionOutputF32: KernelTwin = (p, _constants, [pWords, qkvWords], output, math) => {
  const probabilities = floats(pWords);
  const qkv = floats(qkvWords);
  const y = floats(output);
  forEachOutput(p, (pRow, vBase, at) => {
    let sum = 0;
    for (let j = 0; j < 4 * p.p_stride4; j++) {
      sum = math.fma(qkv[vBase + 4 * Math.min(j, p.tokens - 1) * p.qkv_stride4], probabilities[pRow + j], sum);
    }
    y[at] = sum;
  });
};

/** What a code of the probabilities adds per unit of value, and to which of the two sums. */
type LevelOf = (levels: Words, code: number, shift: boolean) => { readonly even: number; readonly odd: number };

function attentionOutputCodes(levelOf: LevelOf): KernelTwin {
  return (p, constants, [pWords, qkvWords, levelWords, columnWords], output, math) => {
    const probabilities = codes(pWords);
    const [pFloats, columns] = [pWords, columnWords].map(floats);
    const qkv = codes(qkvWords);
    const yFloats = floats(output);
    const yCodes = codes(output);
    const table = Array.from({ length: 256 }, (_, code) => levelOf(levelWords, code, constants.SHIFT === 1));
    forEachOutput(p, (pRow, vBase, at, column) => {
      let [even, odd, evenLevels, oddLevels, values] = [0, 0, 0, 0, 0];
      for (let j = 0; j < p.tokens; j++) {
        const level = table[probabilities[pRow + j]];
        const value = qkv[vBase + 4 * j * p.qkv_stride4];
        even = (even + Math.imul(value, level.even)) | 0;
        odd = (odd + Math.imul(value, level.odd)) | 0;
        evenLevels = (evenLevels + level.even) | 0;
        oddLevels = (oddLevels + level.odd) | 0;
        values += value;
      }
      const [scale, vZero, inverse, zero] = [0, 1, 2, 3].map((row) => columns[16 * (column >> 2) + 4 * row + (column & 3)]);
      const exactEven = f32((even - Math.imul(vZero, evenLevels)) | 0);
      const exactOdd = f32((odd - Math.imul(vZero, oddLevels)) | 0);
      let v = math.fma(exactOdd, f32(1.41421354), exactEven);
      if (constants.EXTRA === 1) v = math.fma(f32(values - Math.imul(vZero, p.tokens)), f32(p.offset), v);
      if (constants.EXTRA === 2) {
        // Behind the codes of the row: its scale, its maximum and the index of that.
        const rowEnd = pRow / 4 + Math.ceil(p.tokens / 4);
        const peak = f32(qkv[vBase + 4 * pWords[rowEnd + 2] * p.qkv_stride4] - vZero);
        v = math.fma(pFloats[rowEnd + 1], peak, f32(v * pFloats[rowEnd]));
      }
      v = f32(v * scale);
      if (!constants.QUANTIZE) yFloats[at] = v;
      else yCodes[at] = encodeCode(v, inverse, zero, f32(p.out_max), math);
    });
  };
}

/** shaders/attention-output-codes-shift.wgsl: shift | odd << 8 | used << 9, or an integer. */
export const attentionOutputCodesShift = attentionOutputCodes((levels, code, shift) => {
  const level = levels[code];
  if (!shift) return { even: level | 0, odd: 0 };
  const unit = level & 512 ? 1 << (level & 31) : 0;
  return level & 256 ? { even: 0, odd: unit } : { even: unit, odd: 0 };
});

/** shaders/attention-output-codes-f32.wgsl: the two levels as floats. */
export const attentionOutputCodesF32 = attentionOutputCodes((levels, code) => {
  const pair = floats(levels);
  return { even: pair[2 * code], odd: pair[2 * code + 1] };
});

function forEachOutput(
  p: Readonly<Record<string, number>>,
  visit: (pRow: number, vBase: number, at: number, column: number) => void,
): void {
  for (let image = 0; image < p.images; image++) {
    for (let head = 0; head < p.heads; head++) {
      const base = 4 * (image * p.tokens * p.qkv_stride4 + p.value_offset4 + head * p.head4);
      for (let i = 0; i < p.tokens; i++) {
        const pRow = 4 * ((image * p.heads + head) * p.tokens + i) * p.p_stride4;
        for (let channel = 0; channel < 4 * p.head4; channel++) {
          visit(
            pRow,
            base + channel,
            4 * ((image * p.tokens + i) * p.out_stride4 + head * p.head4) + channel,
            4 * head * p.head4 + channel,
          );
        }
      }
    }
  }
}
