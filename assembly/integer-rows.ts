// FQ-ViT's kernels on rows: shaders/layer-norm-integer.wgsl and softmax-integer.wgsl. Sums of integers in f64 are exact.
import { exactInverseSqrt } from "./exact-math";

function powerOfTwo(n: i32): f32 {
  return reinterpret<f32>((n + 127) << 23);
}

function clamp(v: f32, top: f32): f32 {
  return min<f32>(max<f32>(v, 0), top);
}

/** `integers`: room for one row of i32. x: codes; exponents: a byte per column. */
export function layerNormInteger(
  x: usize,
  exponents: usize,
  gain: usize,
  shift: usize,
  y: usize,
  rows: i32,
  columns: i32,
  stride4: i32,
  inverseColumns: f32,
  zero: i32,
  outScale: f32,
  outZero: f32,
  codeMax: f32,
  quantize: i32,
  integers: usize,
): void {
  const stride = stride4 << 2;
  for (let row = 0; row < rows; row++) {
    const from = x + row * stride;
    let total: f64 = 0;
    for (let c = 0; c < columns; c++) {
      const n = (<i32>load<u8>(from + c) - zero) << (<i32>load<u8>(exponents + c));
      store<i32>(integers + ((<usize>c) << 2), n);
      total += <f64>n;
    }
    const middle = <f64>nearest<f32>(<f32>(total * <f64>inverseColumns));
    let rest: f64 = 0;
    let squares: f64 = 0;
    for (let c = 0; c < columns; c++) {
      const d = <f64>load<i32>(integers + ((<usize>c) << 2)) - middle;
      rest += d;
      squares += d * d;
    }
    const spread: f32 = <f32>squares * <f32>columns - <f32>(rest * rest);
    const inverse: f32 = spread > 0 ? exactInverseSqrt(spread) : 0;
    const rate: f32 = <f32>columns * inverse;
    const centre = <f32>(total * <f64>inverse);
    for (let c = 0; c < stride; c++) {
      const to = <usize>(row * stride + c);
      let v: f32 = 0;
      if (c < columns) {
        const at = (<usize>c) << 2;
        const g = load<f32>(gain + at);
        const a: f32 = rate * abs<f32>(g);
        const bits = min(max(7 - (<i32>(reinterpret<u32>(a) >>> 23) - 127), 0), 31);
        const m: f32 = min<f32>(floor<f32>(a * powerOfTwo(bits)), 255);
        const b: f32 = nearest<f32>((-centre * g + load<f32>(shift + at)) * powerOfTwo(bits));
        v = nearest<f32>(((g < 0 ? -m : m) * <f32>load<i32>(integers + at) + b) * powerOfTwo(-bits));
      }
      if (quantize) store<u8>(y + to, c < columns ? <u8>clamp(v + outZero, codeMax) : 0);
      else store<f32>(y + (to << 2), v === 0 ? 0 : v * outScale);
    }
  }
}

const NEVER: i32 = 255;

/** The code -round(log2(e / sum)) by comparisons; NEVER for e = 0. */
function logCode(e: u64, sum: u64): i32 {
  if (e === 0) return NEVER;
  const triple = 3 * e;
  const twice = 2 * sum + e;
  if (2 * sum < triple) return 0;
  if (twice <= 2 * triple) return 1;
  let q = 2;
  while (twice >= triple << q) q++;
  return q;
}

/** exponentials: u32 by distance from the row's largest code. `codes`: room for one row of bytes. */
export function softmaxInteger(
  x: usize,
  exponentials: usize,
  y: usize,
  rows: i32,
  columns: i32,
  stride4: i32,
  inverseScale: f32,
  zero: f32,
  codeMax: f32,
  zeroCode: i32,
  quantize: i32,
  codes: usize,
): void {
  const stride = stride4 << 2;
  for (let row = 0; row < rows; row++) {
    const from = x + ((<usize>(row * stride)) << 2);
    let top: i32 = 0;
    for (let c = 0; c < columns; c++) {
      const n = <i32>clamp(nearest<f32>(load<f32>(from + ((<usize>c) << 2)) * inverseScale) + zero, codeMax);
      store<u8>(codes + c, n);
      top = max(top, n);
    }
    let sum: u64 = 0;
    for (let c = 0; c < columns; c++) sum += load<u32>(exponentials + ((<usize>(top - <i32>load<u8>(codes + c))) << 2));
    for (let c = 0; c < stride; c++) {
      const to = <usize>(row * stride + c);
      let q = NEVER;
      if (c < columns) q = logCode(load<u32>(exponentials + ((<usize>(top - <i32>load<u8>(codes + c))) << 2)), sum);
      if (quantize) store<u8>(y + to, c < columns ? min(q, zeroCode) : 0);
      else store<f32>(y + (to << 2), q === NEVER ? 0 : powerOfTwo(-q));
    }
  }
}
