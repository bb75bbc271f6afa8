import { exactGelu, exactGeluTanh, type Arithmetic } from "../exact-math.ts";
import { codes, encodeCode, f32, floats, integers, type KernelTwin, type Words } from "./kernel-twin.ts";

type Params = Readonly<Record<string, number>>;

function activation(gelu: number, v: number, math: Arithmetic): number {
  return gelu === 1 ? exactGelu(v, math) : gelu === 2 ? exactGeluTanh(v, math) : v;
}

function outputRow(row: number, p: Params): number {
  return Math.floor(row / p.out_group) * p.out_group_stride + p.out_offset + (row % p.out_group);
}

/** One chain of fma per output, k ascending from `from` up to `to`. */
function chain(
  x: Float32Array,
  weight: Float32Array,
  p: Params,
  row: number,
  from: number,
  to: number,
  sums: Float32Array,
  math: Arithmetic,
) {
  sums.fill(0);
  const base = (row * p.x_step + p.x_offset) * p.x_stride4 * 4;
  const stride = 4 * p.weight_columns4;
  for (let k = from; k < to; k++) {
    const a = x[base + k];
    for (let n = 0; n < sums.length; n++) sums[n] = math.fma(weight[k * stride + n], a, sums[n]);
  }
}

/** lib/gemm-float.wgsl: what the float layers do behind their sums. */
function finishFloat(p: Params, row: number, sums: Float32Array, [bias, residual, y]: readonly Float32Array[], math: Arithmetic) {
  const at = outputRow(row, p) * p.out_stride4 * 4;
  sums.forEach((sum, n) => {
    let v = activation(p.gelu, f32(sum + bias[n]), math);
    if (p.has_residual) v = f32(v + residual[(row % p.residual_rows) * p.residual_stride4 * 4 + n]);
    y[at + n] = v;
  });
}

/** shaders/gemm-f32.wgsl */
export const gemmF32: KernelTwin = (p, _constants, [xWords, weightWords, biasWords, residualWords], output, math) => {
  const sums = new Float32Array(4 * p.columns4);
  const behind = [biasWords, residualWords, output].map(floats);
  for (let row = 0; row < p.rows; row++) {
    chain(floats(xWords), floats(weightWords), p, row, 0, 4 * p.depth4, sums, math);
    finishFloat(p, row, sums, behind, math);
  }
};

/** shaders/gemm-f32-partial.wgsl */
export const gemmF32Partial: KernelTwin = (p, _constants, [xWords, weightWords], output, math) => {
  const columns = 4 * p.columns4;
  const slices = Math.ceil(p.depth4 / p.slice4);
  const y = floats(output);
  for (let slice = 0; slice < slices; slice++) {
    const [from, to] = [4 * slice * p.slice4, 4 * Math.min((slice + 1) * p.slice4, p.depth4)];
    for (let row = 0; row < p.rows; row++) {
      const at = (slice * p.rows + row) * columns;
      chain(floats(xWords), floats(weightWords), p, row, from, to, y.subarray(at, at + columns), math);
    }
  }
};

/** shaders/gemm-f32-combine.wgsl */
export const gemmF32Combine: KernelTwin = (p, _constants, [partsWords, biasWords, residualWords], output, math) => {
  const columns = 4 * p.columns4;
  const parts = floats(partsWords);
  const behind = [biasWords, residualWords, output].map(floats);
  for (let row = 0; row < p.rows; row++) {
    const sums = parts.slice(row * columns, (row + 1) * columns);
    for (let slice = 1; slice < p.slices; slice++) for (let n = 0; n < columns; n++) sums[n] += parts[(slice * p.rows + row) * columns + n];
    finishFloat(p, row, sums, behind, math);
  }
};

type WeightAt = (words: Words, k: number, n: number, p: Params, container: number) => number;

interface CodeTables {
  readonly columnFloats: Float32Array;
  readonly columnIntegers: Int32Array;
  readonly residual: Float32Array;
}

/** gemm_codes_finish of lib/gemm-codes.wgsl. */
function finishCodes(p: Params, row: number, values: Float32Array, tables: CodeTables, output: Words, math: Arithmetic) {
  const { columnFloats, columnIntegers, residual } = tables;
  const [yCodes, yFloats] = [codes(output), floats(output)];
  const at = outputRow(row, p) * p.out_stride4 * 4;
  values.forEach((value, n) => {
    const [, , inverse, zero] = columnFloats.subarray(4 * n, 4 * n + 4);
    let v = activation(p.gelu, value, math);
    if (p.has_residual) v = f32(v + residual[(row % p.residual_rows) * p.residual_stride4 * 4 + n]);
    if (p.quantize) yCodes[at + n] = encodeCode(v, inverse, zero, columnIntegers[2 * n] & 255, math);
    else yFloats[at + n] = v;
  });
}

/**
 * Both integer GEMMs: exact sums, one for each group along K (one group where the kernel knows none), then the f32 epilogue.
 * `weightAt` tells where a shader finds the code of (k, n); `extras`, which of its last bindings are the tables.
 */
function gemmCodes(weightAt: WeightAt, extras: { readonly levels: number | null; readonly rows: number }): KernelTwin {
  return (p, constants, inputs, output, math) => {
    const [xWords, weightWords, columnF, columnI, residualWords] = inputs;
    const x = codes(xWords);
    const [columnFloats, residual, rowTable] = [columnF, residualWords, inputs[extras.rows]].map(floats);
    const columnIntegers = integers(columnI);
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
          const at = group * columns + n;
          const [weightZero, constant] = [columnIntegers[2 * at] >> 8, columnIntegers[2 * at + 1]];
          const exact = (sums[n] - Math.imul(weightZero, rowSum) + Math.imul(rowZero, constant)) | 0;
          const before = group === 0 ? columnFloats[4 * at + 1] : values[n];
          values[n] = math.fma(f32(exact), f32(rowScale * columnFloats[4 * at]), before);
        }
      }
      finishCodes(p, row, values, { columnFloats, columnIntegers, residual }, output, math);
    }
  };
}

const alongColumns: WeightAt = (words, k, n, p, container) => {
  const bit = n * container;
  return (words[k * p.weight_stride + (bit >> 5)] >>> (bit & 31)) & ((1 << container) - 1);
};

/** shaders/gemm-codes-f32.wgsl: codes along columns. */
export const gemmCodesF32 = gemmCodes(alongColumns, { levels: 5, rows: 6 });

const alongDepth: WeightAt = (words, k, n, p, container) => {
  const perWord = 32 / container;
  const inWord = k % perWord;
  const shift = 8 * (inWord & 3) + container * (inWord >> 2);
  return (words[Math.floor(k / perWord) * p.weight_stride + n] >>> shift) & ((1 << container) - 1);
};

/** shaders/gemm-codes-dot.wgsl: codes along K, interleaved. */
export const gemmCodesDot = gemmCodes(alongDepth, { levels: null, rows: 5 });

/** Sums over slices of K, each with the weights' zero points taken out. */
const codesPartial =
  (weightAt: WeightAt): KernelTwin =>
  (p, constants, [xWords, weightWords, columnI, levelWords], output) => {
    const [x, columnIntegers, y] = [codes(xWords), integers(columnI), integers(output)];
    const levels = constants.LEVELS ? floats(levelWords) : null;
    const columns = 4 * p.columns4;
    for (let slice = 0; slice * p.slice4 < p.depth4; slice++) {
      const [from, to] = [4 * slice * p.slice4, 4 * Math.min((slice + 1) * p.slice4, p.depth4)];
      for (let row = 0; row < p.rows; row++) {
        const base = (row * p.x_step + p.x_offset) * p.x_stride4 * 4;
        const values = Array.from({ length: to - from }, (_, k) => (levels ? levels[x[base + from + k]] : x[base + from + k]));
        for (let n = 0; n < columns; n++) {
          const weightZero = columnIntegers[2 * n] >> 8;
          const sum = values.reduce((all, v, k) => all + v * (weightAt(weightWords, from + k, n, p, constants.CONTAINER) - weightZero), 0);
          y[(slice * p.rows + row) * columns + n] = sum;
        }
      }
    }
  };

/** shaders/gemm-codes-dot-partial.wgsl */
export const gemmCodesDotPartial = codesPartial(alongDepth);

/** shaders/gemm-codes-f32-partial.wgsl */
export const gemmCodesF32Partial = codesPartial(alongColumns);

/** shaders/gemm-codes-combine.wgsl */
export const gemmCodesCombine: KernelTwin = (p, constants, [partsWords, columnF, columnI, residualWords, rowWords], output, math) => {
  const parts = integers(partsWords);
  const [columnFloats, residual, rowTable] = [columnF, residualWords, rowWords].map(floats);
  const columnIntegers = integers(columnI);
  const columns = 4 * p.columns4;
  const values = new Float32Array(columns);
  for (let row = 0; row < p.rows; row++) {
    const source = row * p.x_step + p.x_offset;
    const [rowScale, rowZero] = constants.TOKENS ? rowTable.subarray(2 * (source % p.row_period)) : [1, 1];
    for (let n = 0; n < columns; n++) {
      let sum = 0;
      for (let slice = 0; slice < p.slices; slice++) sum += parts[(slice * p.rows + row) * columns + n];
      const exact = (sum + Math.imul(rowZero, columnIntegers[2 * n + 1])) | 0;
      values[n] = math.fma(f32(exact), f32(rowScale * columnFloats[4 * n]), columnFloats[4 * n + 1]);
    }
    finishCodes(p, row, values, { columnFloats, columnIntegers, residual }, output, math);
  }
};
