import { exactGelu, exactGeluTanh, type Arithmetic } from "../exact-math.ts";
import { codes, encodeCode, f32, floats, integers, type KernelTwin, type Words } from "./kernel-twin.ts";

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

type WeightAt = (words: Words, k: number, n: number, p: Params, container: number) => number;

/**
 * Both integer GEMMs: exact sums, one for each group along K (one group where the kernel knows none), then the f32 epilogue.
 * `weightAt` tells where a shader finds the code of (k, n); `extras`, which of its last bindings are the tables.
 */
function gemmCodes(weightAt: WeightAt, extras: { readonly levels: number | null; readonly rows: number }): KernelTwin {
  return (p, constants, inputs, output, math) => {
    const [xWords, weightWords, columnF, columnI, residualWords] = inputs;
    const x = codes(xWords);
    const [columnFloats, residual, rowTable, yFloats] = [columnF, residualWords, inputs[extras.rows], output].map(floats);
    const columnIntegers = integers(columnI);
    const yCodes = codes(output);
    const columns = 4 * p.columns4;
    const depth = 4 * p.depth4;
    const groups = constants.GROUPED ? p.depth4 / p.group4 : 1;
    const groupDepth = constants.GROUPED ? 4 * p.group4 : depth;
    const levels = extras.levels !== null && constants.LEVELS ? floats(inputs[extras.levels]) : null;
    const weight = new Uint8Array(depth * columns);
    for (let k = 0; k < depth; k++)
      for (let n = 0; n < columns; n++) weight[k * columns + n] = weightAt(weightWords, k, n, p, constants.CONTAINER);
    const sums = new Int32Array(columns);
    const values = new Float32Array(columns);
    for (let row = 0; row < p.rows; row++) {
      const source = row * p.x_step + p.x_offset;
      const [rowScale, rowZero] = constants.TOKENS ? rowTable.subarray(2 * (source % p.row_period)) : [1, 1];
      for (let group = 0; group < groups; group++) {
        sums.fill(0);
        let rowSum = 0;
        for (let k = group * groupDepth; k < (group + 1) * groupDepth; k++) {
          const code = x[source * p.x_stride4 * 4 + k];
          const level = levels ? levels[code] : code;
          rowSum += level;
          if (level === 0) continue;
          for (let n = 0, w = k * columns; n < columns; n++, w++) sums[n] += level * weight[w];
        }
        for (let n = 0; n < columns; n++) {
          const at = 4 * (group * columns + n);
          const exact = (sums[n] - Math.imul(columnIntegers[at], rowSum) + Math.imul(rowZero, columnIntegers[at + 1])) | 0;
          const before = group === 0 ? columnFloats[at + 1] : values[n];
          values[n] = math.fma(f32(exact), f32(rowScale * columnFloats[at]), before);
        }
      }
      const at = outputRow(row, p) * p.out_stride4 * 4;
      for (let n = 0; n < columns; n++) {
        const [, , inverse, zero] = columnFloats.subarray(4 * n, 4 * n + 4);
        let v = activation(constants.GELU ?? 0, values[n], math);
        if (constants.RESIDUAL) v = f32(v + residual[(row % p.residual_rows) * p.residual_stride4 * 4 + n]);
        if (constants.QUANTIZE) yCodes[at + n] = encodeCode(v, inverse, zero, columnIntegers[4 * n + 2], math);
        else yFloats[at + n] = v;
      }
    }
  };
}

/** shaders/gemm-codes-f32.wgsl: codes along columns. */
export const gemmCodesF32 = gemmCodes(
  (words, k, n, p, container) => {
    const bit = n * container;
    return (words[k * p.weight_stride + (bit >> 5)] >>> (bit & 31)) & ((1 << container) - 1);
  },
  { levels: 5, rows: 6 },
);

/** shaders/gemm-codes-dot.wgsl: codes along K, interleaved. */
export const gemmCodesDot = gemmCodes(
  (words, k, n, p, container) => {
    const perWord = 32 / container;
    const inWord = k % perWord;
    const shift = 8 * (inWord & 3) + container * (inWord >> 2);
    return (words[Math.floor(k / perWord) * p.weight_stride + n] >>> shift) & ((1 << container) - 1);
  },
  { levels: null, rows: 5 },
);
