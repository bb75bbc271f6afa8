/** Convolutions of each channel by itself, in float and of codes. */
import { f32, floats, integers, codes, type KernelTwin } from "./kernel-twin.ts";

/** The index of no row. */
const NONE = 0xffffffff;

/** shaders/depthwise.wgsl */
export const depthwise: KernelTwin = (p, _constants, [xWords, indices, weightWords], output, math) => {
  const [x, weight, y] = [xWords, weightWords, output].map(floats);
  const stride = 4 * p.stride4;
  for (let row = 0; row < p.images * p.out_rows; row++) {
    const first = Math.floor(row / p.out_rows) * p.in_rows;
    const sums = y.subarray(row * stride, (row + 1) * stride).fill(0);
    for (let g = 0; g < p.group; g++) {
      const index = indices[(row % p.out_rows) * p.group + g];
      if (index === NONE) continue;
      const start = (first + index) * stride;
      for (let c = 0; c < stride; c++) sums[c] = math.fma(x[start + c], weight[g * stride + c], sums[c]);
    }
    for (let c = 0; c < stride; c++) sums[c] = f32(sums[c] + weight[p.group * stride + c]);
  }
};

/** shaders/depthwise-codes.wgsl */
export const depthwiseCodes: KernelTwin = (p, _constants, [xWords, indices, levelWords, weightWords, columnWords], output, math) => {
  const [x, level, weight, column, y] = [codes(xWords), integers(levelWords), integers(weightWords), floats(columnWords), floats(output)];
  const stride = 4 * p.stride4;
  const sums = new Int32Array(stride);
  const weights = new Int32Array(stride);
  for (let row = 0; row < p.images * p.out_rows; row++) {
    const first = Math.floor(row / p.out_rows) * p.in_rows;
    sums.fill(0);
    weights.fill(0);
    for (let g = 0; g < p.group; g++) {
      const index = indices[(row % p.out_rows) * p.group + g];
      if (index === NONE) continue;
      const start = (first + index) * stride;
      for (let c = 0; c < stride; c++) {
        const w = weight[g * stride + c];
        sums[c] += Math.imul(level[x[start + c]], w);
        weights[c] += w;
      }
    }
    for (let c = 0; c < stride; c++) {
      const at = 12 * (c >> 2) + (c & 3);
      const offset = math.fma(f32(weights[c]), column[at + 4], column[at + 8]);
      y[row * stride + c] = math.fma(f32(sums[c]), column[at], offset);
    }
  }
};
