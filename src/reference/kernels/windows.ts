/** Kernels that only models with windows or relative positions need. */
import { f32, floats, type KernelTwin } from "./kernel-twin.ts";

/** shaders/gather-rows.wgsl */
export const gatherRows: KernelTwin = (p, _constants, [x, indices], output) => {
  for (let row = 0; row < p.images * p.out_rows; row++) {
    const image = Math.floor(row / p.out_rows);
    const y = output.subarray(row * p.out_stride, (row + 1) * p.out_stride).fill(0);
    for (let g = 0; g < p.group; g++) {
      const start = (image * p.in_rows + indices[(row % p.out_rows) * p.group + g]) * p.in_stride;
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
