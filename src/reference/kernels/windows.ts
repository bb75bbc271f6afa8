/** Kernels that move rows, and those of relative positions and pooling. */
import { exactExp, exactReciprocal } from "../exact-math.ts";
import { f32, floats, type KernelTwin } from "./kernel-twin.ts";

/** The index of no row. */
const NONE = 0xffffffff;

/** shaders/gather-rows.wgsl */
export const gatherRows: KernelTwin = (p, _constants, [x, indices], output) => {
  for (let row = 0; row < p.images * p.out_rows; row++) {
    const image = Math.floor(row / p.out_rows);
    const y = output.subarray(row * p.out_stride, (row + 1) * p.out_stride).fill(0);
    for (let g = 0; g < p.group; g++) {
      const index = indices[(row % p.out_rows) * p.group + g];
      if (index === NONE) continue;
      const start = (image * p.in_rows + index) * p.in_stride;
      y.set(x.subarray(start, start + p.part), g * p.part);
    }
  }
};

/** shaders/attention-bias.wgsl */
export const attentionBias: KernelTwin = (p, _constants, inputs, output) => {
  const [x, bias, y] = [...inputs, output].map(floats);
  const period = 4 * p.period * p.stride4;
  for (let at = 0; at < 4 * p.rows * p.stride4; at++) y[at] = f32(x[at] + bias[at % period]);
};

/** shaders/max-rows.wgsl */
export const maxRows: KernelTwin = (p, _constants, [xWords, indices], output) => {
  const [x, y] = [xWords, output].map(floats);
  const stride = 4 * p.stride4;
  for (let row = 0; row < p.images * p.out_rows; row++) {
    const first = Math.floor(row / p.out_rows) * p.in_rows;
    const sources = indices.subarray((row % p.out_rows) * p.group, ((row % p.out_rows) + 1) * p.group).filter((index) => index !== NONE);
    for (let c = 0; c < stride; c++) {
      y[row * stride + c] = sources.reduce((top, index) => Math.max(top, x[(first + index) * stride + c]), f32(-3.4e38));
    }
  }
};

/** shaders/softmax-pool.wgsl */
export const softmaxPool: KernelTwin = (p, _constants, [scoreWords, xWords], output, math) => {
  const [scores, x, y] = [scoreWords, xWords, output].map(floats);
  const stride = 4 * p.stride4;
  for (let image = 0; image < p.images; image++) {
    const rows = Array.from({ length: p.tokens }, (_, i) => image * p.tokens + i);
    const top = rows.reduce((most, row) => Math.max(most, scores[4 * row * p.score_stride4]), f32(-3.4e38));
    const e = rows.map((row) => exactExp(f32(scores[4 * row * p.score_stride4] - top), math));
    const inverse = exactReciprocal(
      e.reduce((sum, value) => f32(sum + value), 0),
      math,
    );
    for (let c = 0; c < stride; c++) {
      let sum = 0;
      rows.forEach((row, i) => (sum = math.fma(e[i], x[row * stride + c], sum)));
      y[image * stride + c] = f32(sum * inverse);
    }
  }
};
