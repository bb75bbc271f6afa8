import { exactExp, exactInverseSqrt, exactReciprocal, foldSums, round } from "../exact-math.ts";
import { clampCode, codes, encodeCode, f32, floats, type KernelTwin } from "./kernel-twin.ts";

/** shaders/layer-norm.wgsl */
export const layerNorm: KernelTwin = (p, constants, [xWords, gainWords, shiftWords], output, math) => {
  const [x, gain, shift, y] = [xWords, gainWords, shiftWords, output].map(floats);
  const yCodes = codes(output);
  const stride = 4 * p.stride4;
  const inverse = f32(p.inverse_columns);
  const partial = new Float32Array(16);
  for (let base = 0; base < p.rows * stride; base += stride) {
    partial.fill(0);
    for (let c = 0; c < p.columns; c++) partial[c & 15] = f32(partial[c & 15] + x[base + c]);
    const total = foldSums(partial);
    partial.fill(0);
    for (let c = 0; c < p.columns; c++) {
      const d = math.fma(-total, inverse, x[base + c]);
      partial[c & 15] = math.fma(d, d, partial[c & 15]);
    }
    const rstd = exactInverseSqrt(math.fma(foldSums(partial), inverse, f32(p.epsilon)), math);
    for (let c = 0; c < stride; c++) {
      const v = c < p.columns ? math.fma(f32(math.fma(-total, inverse, x[base + c]) * rstd), gain[c], shift[c]) : 0;
      if (constants.QUANTIZE) yCodes[base + c] = clampCode(round(v), p.code_max);
      else y[base + c] = v;
    }
  }
};

/** shaders/rms-norm.wgsl */
export const rmsNorm: KernelTwin = (p, constants, [xWords, gainWords, shiftWords], output, math) => {
  const [x, gain, shift, y] = [xWords, gainWords, shiftWords, output].map(floats);
  const yCodes = codes(output);
  const stride = 4 * p.stride4;
  const partial = new Float32Array(16);
  for (let base = 0; base < p.rows * stride; base += stride) {
    partial.fill(0);
    for (let c = 0; c < p.columns; c++) partial[c & 15] = math.fma(x[base + c], x[base + c], partial[c & 15]);
    const inverse = exactInverseSqrt(math.fma(foldSums(partial), f32(p.inverse_columns), f32(p.epsilon)), math);
    for (let c = 0; c < stride; c++) {
      const v = c < p.columns ? math.fma(f32(x[base + c] * inverse), gain[c], shift[c]) : 0;
      if (constants.QUANTIZE) yCodes[base + c] = clampCode(round(v), p.code_max);
      else y[base + c] = v;
    }
  }
};

/** shaders/softmax.wgsl */
export const softmax: KernelTwin = (p, constants, [xWords, thresholdWords], output, math) => {
  const [x, thresholds, y] = [xWords, thresholdWords, output].map(floats);
  const yCodes = codes(output);
  const stride = 4 * p.stride4;
  const partial = new Float32Array(16);
  const e = new Float32Array(p.columns);
  for (let base = 0; base < p.rows * stride; base += stride) {
    let top = -Infinity;
    for (let c = 0; c < p.columns; c++) top = Math.max(top, x[base + c]);
    partial.fill(0);
    for (let c = 0; c < p.columns; c++) {
      e[c] = exactExp(f32(x[base + c] - top), math);
      partial[c & 15] = f32(partial[c & 15] + e[c]);
    }
    const sum = foldSums(partial);
    const inverse = exactReciprocal(sum, math);
    for (let c = 0; c < stride; c++) {
      if (!constants.QUANTIZE) {
        y[base + c] = c < p.columns ? f32(e[c] * inverse) : 0;
        continue;
      }
      let count = 0;
      while (c < p.columns && count < p.threshold_count && e[c] >= f32(thresholds[count] * sum)) count++;
      yCodes[base + c] = c < p.columns ? (constants.REVERSED ? p.threshold_count - count : count) : 0;
    }
  }
};

/** shaders/patchify.wgsl */
export const patchify: KernelTwin = (p, constants, [xWords], output) => {
  const x = floats(xWords);
  const y = floats(output);
  const yCodes = codes(output);
  const area = p.patch_size * p.patch_size;
  const channels = p.depth / area;
  for (let row = 0; row < p.images * p.patches; row++) {
    const image = Math.floor(row / p.patches);
    const index = row % p.patches;
    for (let k = 0; k < 4 * p.stride4; k++) {
      const inPatch = k % area;
      const line = Math.floor(index / p.columns) * p.patch_size + Math.floor(inPatch / p.patch_size);
      const column = (index % p.columns) * p.patch_size + (inPatch % p.patch_size);
      const v = k < p.depth ? x[((image * channels + Math.floor(k / area)) * p.height + line) * p.width + column] : 0;
      const at = row * p.stride4 * 4 + k;
      if (!constants.QUANTIZE) y[at] = v;
      else yCodes[at] = k < p.depth ? clampCode(f32(round(f32(v * f32(p.inverse_scale))) + p.zero), p.code_max) : 0;
    }
  }
};

/** shaders/reduce-mean.wgsl */
export const reduceMean: KernelTwin = (p, _constants, [xWords], output) => {
  const x = floats(xWords);
  const y = floats(output);
  const stride = 4 * p.stride4;
  for (let image = 0; image < p.images; image++) {
    for (let c = 0; c < stride; c++) {
      let sum = 0;
      for (let i = p.start; i < p.tokens; i++) sum = f32(sum + x[(image * p.tokens + i) * stride + c]);
      y[image * stride + c] = f32(sum * f32(p.inverse_count));
    }
  }
};

/** shaders/affine.wgsl */
export const affine: KernelTwin = (p, _constants, [xWords, columnWords], output, math) => {
  const [x, column, y] = [xWords, columnWords, output].map(floats);
  const stride = 4 * p.stride4;
  for (let at = 0; at < p.rows * stride; at++) {
    const c = at % stride;
    const quad = 8 * (c >> 2) + (c & 3);
    y[at] = math.fma(x[at], column[quad], column[quad + 4]);
  }
};

/** shaders/quantize.wgsl */
export const quantize: KernelTwin = (p, constants, [xWords, tableWords], output, math) => {
  const [x, table] = [xWords, tableWords].map(floats);
  const y = codes(output);
  const stride = 4 * p.stride4;
  const encode = (v: number, row: number, column: number): number => {
    if (constants.GRID) {
      const entry = (row % p.table_rows) * (p.stride4 / p.section4) + Math.floor(column / (4 * p.section4));
      const [inverse, zero, top] = table.subarray(4 * entry, 4 * entry + 3);
      return encodeCode(v, inverse, zero, top, math);
    }
    let count = 0;
    while (count < p.threshold_count && v >= table[count]) count++;
    return constants.REVERSED ? p.threshold_count - count : count;
  };
  for (let at = 0; at < p.rows * stride; at++) {
    const column = at % stride;
    y[at] = column % (4 * p.head4) < p.head_dim ? encode(x[at], Math.floor(at / stride), column) : 0;
  }
};

/** shaders/fake-quantize.wgsl */
export const fakeQuantize: KernelTwin = (p, constants, [xWords, gridWords], output) => {
  const [x, grid, y] = [xWords, gridWords, output].map(floats);
  const stride = 4 * p.stride4;
  for (let at = 0; at < p.rows * stride; at++) {
    const entry = constants.BY_ROW ? Math.floor(at / stride) % p.row_period : at % stride;
    const [scale, zero, top] = grid.subarray(4 * entry, 4 * entry + 3);
    y[at] = scale > 0 ? f32(f32(clampCode(f32(round(f32(x[at] / scale)) + zero), top) - zero) * scale) : 0;
  }
};

/** shaders/fake-quantize-codebook.wgsl */
export const fakeQuantizeCodebook: KernelTwin = (p, _constants, [xWords, thresholdWords, decodeWords], output) => {
  const [x, thresholds, decode, y] = [xWords, thresholdWords, decodeWords, output].map(floats);
  const stride = 4 * p.stride4;
  for (let at = 0; at < p.rows * stride; at++) {
    let count = 0;
    while (count < p.threshold_count && x[at] >= thresholds[count]) count++;
    y[at] = at % stride < p.columns ? decode[count] : 0;
  }
};
