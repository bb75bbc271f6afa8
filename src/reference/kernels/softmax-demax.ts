import { exactExp, exactReciprocal, foldSums, round } from "../exact-math.ts";
import { clampCode, codes, f32, floats, type KernelTwin } from "./kernel-twin.ts";

const SMALLEST_SECOND = 2 ** -60;

/** shaders/softmax-demax.wgsl */
export const softmaxDemax: KernelTwin = (p, constants, [xWords], output, math) => {
  const x = floats(xWords);
  const y = floats(output);
  const yCodes = codes(output);
  const stride = 4 * p.stride4;
  const [codeMax, inverseLevels] = [f32(p.code_max), f32(p.inverse_levels)];
  for (let row = 0; row < p.rows; row++) {
    const values = x.subarray(row * stride, row * stride + p.columns);
    const top = values.reduce((a, b) => Math.max(a, b), -Infinity);
    const index = values.indexOf(top);
    const second = values.reduce((a, b, c) => (c === index ? a : Math.max(a, b)), -Infinity);
    const e = values.map((v) => exactExp(f32(v - top), math));
    const partial = new Float32Array(16);
    e.forEach((value, c) => (partial[c & 15] = f32(partial[c & 15] + value)));
    const highest = exactReciprocal(foldSums(partial), math);
    const eSecond = Math.max(exactExp(Math.max(f32(second - top), -100), math), SMALLEST_SECOND);
    const growth = exactReciprocal(eSecond, math);
    const rowScale = f32(f32(eSecond * highest) * inverseLevels);
    for (let c = 0; c < stride; c++) {
      const code = c < p.columns ? clampCode(round(f32(f32(e[c] * growth) * codeMax)), codeMax) : 0;
      if (constants.DECODE) y[row * stride + c] = c === index ? highest : f32(code * rowScale);
      else yCodes[4 * row * p.out_stride4 + c] = c === index ? 0 : code;
    }
    if (constants.DECODE) continue;
    const end = row * p.out_stride4 + p.stride4;
    y[end] = rowScale;
    y[end + 1] = highest;
    output[end + 2] = index;
    output[end + 3] = 0;
  }
};
