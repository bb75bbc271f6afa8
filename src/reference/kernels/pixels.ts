import { floats, integers, type KernelTwin } from "./kernel-twin.ts";

const channels = [0, 8, 16];

/** shaders/resample.wgsl */
export const resample: KernelTwin = (p, _constants, [spanWords, weightWords, x], output) => {
  const [spans, weights] = [spanWords, weightWords].map(integers);
  for (let line = 0; line < p.lines; line++) {
    for (let o = 0; o < p.outputs; o++) {
      const from = line * p.in_line + (spans[2 * o] - p.first) * p.in_step;
      let pixel = 0;
      for (const shift of channels) {
        let sum = 1 << 21;
        for (let k = 0; k < spans[2 * o + 1]; k++) {
          sum = (sum + Math.imul(weights[o * p.stride + k], (x[from + k * p.in_step] >>> shift) & 255)) | 0;
        }
        pixel |= Math.min(255, Math.max(0, sum >> 22)) << shift;
      }
      output[line * p.out_line + o * p.out_step] = pixel;
    }
  }
};

/** shaders/normalize-pixels.wgsl */
export const normalizePixels: KernelTwin = (p, _constants, [levelWords, x], output) => {
  const [levels, y] = [levelWords, output].map(floats);
  for (let at = 0; at < p.pixels; at++) {
    channels.forEach((shift, channel) => (y[channel * p.pixels + at] = levels[256 * channel + ((x[at] >>> shift) & 255)]));
  }
};
