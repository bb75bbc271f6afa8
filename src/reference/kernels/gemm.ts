import { exactGelu, exactGeluTanh, round, type Arithmetic } from "../exact-math.ts";
import { clampCode, codes, f32, floats, integers, type KernelTwin, type Words } from "./kernel-twin.ts";

type Params = Readonly<Record<string, number>>;

function activation(gelu: number, v: number, math: Arithmetic): number {
  return gelu === 1 ? exactGelu(v, math) : gelu === 2 ? exactGeluTanh(v, math) : v;
}

function outputRow(row: number, p: Params): number {
  return Math.floor(row / p.out_group) * p.out_group_stride + p.out_offset + (row % p.out_group);
}

/** shaders/gemm-f32.wgsl: one chain of fma per output, k ascending. */
export const gemmF32: KernelTwin = (p, constants, [xWords, weightWords, biasWords, residualWords], output, math) => {
  const [x, weight, bias, residual, y] = [xWords, weightWords, biasWords, residualWords, output].map(floats);
  const columns = 4 * p.columns4;
  const stride = 4 * p.weight_columns4;
  const sums = new Float32Array(columns);
  for (let row = 0; row < p.rows; row++) {
    sums.fill(0);
    const base = (row * p.x_step + p.x_offset) * p.x_stride4 * 4;
    for (let k = 0; k < 4 * p.depth4; k++) {
      const a = x[base + k];
      for (let n = 0; n < columns; n++) sums[n] = math.fma(weight[k * stride + n], a, sums[n]);
    }
    const at = outputRow(row, p) * p.out_stride4 * 4;
    for (let n = 0; n < columns; n++) {
      let v = activation(constants.GELU ?? 0, f32(sums[n] + bias[n]), math);
      if (constants.RESIDUAL) v = f32(v + residual[(row % p.residual_rows) * p.residual_stride4 * 4 + n]);
      y[at + n] = v;
    }
  }
};

/** Both integer GEMMs: the exact sum, then the f32 epilogue. `weightAt` tells where a shader finds the code of (k, n). */
function gemmCodes(weightAt: (words: Words, k: number, n: number, p: Params, container: number) => number): KernelTwin {
  return (p, constants, [xWords, weightWords, columnF, columnI, residualWords], output, math) => {
    const x = codes(xWords);
    const [columnFloats, residual, yFloats] = [columnF, residualWords, output].map(floats);
    const columnIntegers = integers(columnI);
    const yCodes = codes(output);
    const columns = 4 * p.columns4;
    const depth = 4 * p.depth4;
    const weight = new Uint8Array(depth * columns);
    for (let k = 0; k < depth; k++)
      for (let n = 0; n < columns; n++) weight[k * columns + n] = weightAt(weightWords, k, n, p, constants.CONTAINER);
    const sums = new Int32Array(columns);
    for (let row = 0; row < p.rows; row++) {
      sums.fill(0);
      let rowSum = 0;
      const base = (row * p.x_step + p.x_offset) * p.x_stride4 * 4;
      for (let k = 0; k < depth; k++) {
        const code = x[base + k];
        rowSum += code;
        if (code === 0) continue;
        for (let n = 0, w = k * columns; n < columns; n++, w++) sums[n] += code * weight[w];
      }
      const at = outputRow(row, p) * p.out_stride4 * 4;
      for (let n = 0; n < columns; n++) {
        const [scale, bias, inverse, zero] = columnFloats.subarray(4 * n, 4 * n + 4);
        const [weightZero, constant, top] = columnIntegers.subarray(4 * n, 4 * n + 4);
        const exact = (sums[n] - Math.imul(weightZero, rowSum) + constant) | 0;
        let v = activation(constants.GELU ?? 0, math.fma(f32(exact), scale, bias), math);
        if (constants.RESIDUAL) v = f32(v + residual[(row % p.residual_rows) * p.residual_stride4 * 4 + n]);
        if (constants.QUANTIZE) yCodes[at + n] = clampCode(f32(round(f32(v * inverse)) + zero), top);
        else yFloats[at + n] = v;
      }
    }
  };
}

/** shaders/gemm-codes-f32.wgsl: codes along columns. */
export const gemmCodesF32 = gemmCodes((words, k, n, p, container) => {
  const bit = n * container;
  return (words[k * p.weight_stride + (bit >> 5)] >>> (bit & 31)) & ((1 << container) - 1);
});

/** shaders/gemm-codes-dot.wgsl: codes along K, interleaved. */
export const gemmCodesDot = gemmCodes((words, k, n, p, container) => {
  const perWord = 32 / container;
  const inWord = k % perWord;
  const shift = 8 * (inWord & 3) + container * (inWord >> 2);
  return (words[Math.floor(k / perWord) * p.weight_stride + n] >>> shift) & ((1 << container) - 1);
});
