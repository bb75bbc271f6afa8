/** CPU twins of FQ-ViT's kernels on rows: the residual stream as codes, integer LayerNorm and log-int-softmax. */
import { exactInverseSqrt, round } from "../exact-math.ts";
import { clampCode, codes, f32, floats, type KernelTwin } from "./kernel-twin.ts";

/** shaders/quantize-columns.wgsl */
export const quantizeColumns: KernelTwin = (p, _constants, [xWords, inverseWords], output) => {
  const [x, inverse] = [xWords, inverseWords].map(floats);
  const y = codes(output);
  const stride = 4 * p.stride4;
  for (let at = 0; at < p.rows * stride; at++) {
    const column = at % stride;
    y[at] = column < p.columns ? clampCode(f32(round(f32(x[at] * inverse[column])) + p.zero), p.code_max) : 0;
  }
};

/** shaders/dequantize-columns.wgsl */
export const dequantizeColumns: KernelTwin = (p, _constants, [xWords, scaleWords], output) => {
  const x = codes(xWords);
  const [scale, y] = [scaleWords, output].map(floats);
  const stride = 4 * p.stride4;
  for (let at = 0; at < p.rows * stride; at++) {
    const column = at % stride;
    y[at] = column < p.columns ? f32(f32(x[at] - p.zero) * scale[column]) : 0;
  }
};

/** shaders/layer-norm-integer.wgsl */
export const layerNormInteger: KernelTwin = (p, constants, [xWords, exponentWords, gainWords, shiftWords], output, math) => {
  const [x, exponents] = [xWords, exponentWords].map(codes);
  const [gain, shift, y] = [gainWords, shiftWords, output].map(floats);
  const yCodes = codes(output);
  const stride = 4 * p.stride4;
  for (let base = 0; base < p.rows * stride; base += stride) {
    const n = (c: number) => (x[base + c] - p.zero) << exponents[c];
    let total = 0;
    for (let c = 0; c < p.columns; c++) total += n(c);
    const middle = round(f32(total * f32(p.inverse_columns)));
    let rest = 0;
    let squares = 0;
    for (let c = 0; c < p.columns; c++) {
      rest += n(c) - middle;
      squares += (n(c) - middle) ** 2;
    }
    const spread = math.fma(f32(squares), p.columns, -f32(rest * rest));
    const inverse = spread > 0 ? exactInverseSqrt(spread, math) : 0;
    const rate = f32(p.columns * inverse);
    const centre = f32(total * inverse);
    for (let c = 0; c < stride; c++) {
      const a = f32(rate * Math.abs(gain[c]));
      const bits = Math.min(Math.max(7 - exponentOf(a), 0), 31);
      const m = Math.min(Math.floor(a * 2 ** bits), 255);
      const b = round(f32(math.fma(-centre, gain[c], shift[c]) * 2 ** bits));
      const v = c < p.columns ? round(f32(math.fma(gain[c] < 0 ? -m : m, n(c), b) * 2 ** -bits)) : 0;
      if (constants.QUANTIZE) yCodes[base + c] = c < p.columns ? clampCode(f32(v + p.out_zero), p.code_max) : 0;
      else y[base + c] = v === 0 ? 0 : f32(v * f32(p.out_scale));
    }
  }
};

const word = new DataView(new ArrayBuffer(4));

/** floor(log2 x) of a positive normal f32, as its bits say it; -127 for 0. */
function exponentOf(x: number): number {
  word.setFloat32(0, x);
  return (word.getUint32(0) >>> 23) - 127;
}

const NEVER = 255;

/** shaders/softmax-integer.wgsl */
export const softmaxInteger: KernelTwin = (p, constants, [xWords, exponentials], output) => {
  const [x, y] = [xWords, output].map(floats);
  const yCodes = codes(output);
  const stride = 4 * p.stride4;
  const n = new Int32Array(p.columns);
  for (let base = 0; base < p.rows * stride; base += stride) {
    let top = 0;
    for (let c = 0; c < p.columns; c++) {
      n[c] = clampCode(f32(round(f32(x[base + c] * f32(p.inverse_scale))) + p.zero), p.code_max);
      top = Math.max(top, n[c]);
    }
    let sum = 0;
    for (let c = 0; c < p.columns; c++) sum += exponentials[top - n[c]];
    for (let c = 0; c < stride; c++) {
      const q = c < p.columns ? logCode(exponentials[top - n[c]], sum) : NEVER;
      if (constants.QUANTIZE) yCodes[base + c] = c < p.columns ? Math.min(q, p.zero_code) : 0;
      else y[base + c] = q === NEVER ? 0 : 2 ** -q;
    }
  }
};

/** The shader's comparisons; src/reference/log-int-softmax.ts has the formula they stand for. */
function logCode(e: number, sum: number): number {
  if (e === 0) return NEVER;
  const triple = 3 * e;
  const twice = 2 * sum + e;
  if (2 * sum < triple) return 0;
  if (twice <= 2 * triple) return 1;
  let q = 2;
  while (twice >= triple * 2 ** q) q++;
  return q;
}
