// Kernels of convolutional maps: shaders/activation.wgsl, depthwise.wgsl, depthwise-codes.wgsl, gather-rows.wgsl.
import { exactExp, exactGelu, exactGeluTanh, exactReciprocal, madd } from "./exact-math";

/** The index of no row. */
const NONE: i32 = -1;

function bySigmoid(x: v128, slope: f32): v128 {
  const u = f32x4.mul(f32x4.splat(slope), x);
  const e = exactExp(f32x4.neg(f32x4.abs(u)));
  const inverse = exactReciprocal(f32x4.add(f32x4.splat(1), e));
  return f32x4.mul(x, v128.bitselect(f32x4.mul(e, inverse), inverse, f32x4.lt(u, f32x4.splat(0))));
}

function activate(x: v128, kind: i32, c0: f32, c1: f32, c2: f32): v128 {
  const zero = f32x4.splat(0);
  if (kind == 0) return exactGelu(x);
  if (kind == 1) return exactGeluTanh(x);
  if (kind == 2) return bySigmoid(x, 1.702);
  if (kind == 3) return bySigmoid(x, 1);
  if (kind == 4) return f32x4.max(x, zero);
  const line = madd(f32x4.splat(kind == 5 ? c2 : c1), x, f32x4.splat(kind == 5 ? c1 : c0));
  if (kind == 5) return madd(line, x, f32x4.splat(c0));
  return f32x4.min(f32x4.max(line, zero), f32x4.splat(1));
}

/** Strides in words. Words of y past `columns` are 0. */
export function activation(
  x: usize,
  y: usize,
  rows: i32,
  columns: i32,
  inStride: i32,
  outStride: i32,
  kind: i32,
  gated: i32,
  c0: f32,
  c1: f32,
  c2: f32,
): void {
  const half = (<usize>columns) << 2;
  for (let row = 0; row < rows; row++) {
    const from = x + ((<usize>row * inStride) << 2);
    const to = y + ((<usize>row * outStride) << 2);
    for (let at: usize = 0; at < half; at += 16) {
      const value = activate(v128.load(from + at), kind, c0, c1, c2);
      v128.store(to + at, gated ? f32x4.mul(value, v128.load(from + half + at)) : value);
    }
    for (let at = half; at < (<usize>outStride) << 2; at += 4) store<f32>(to + at, 0);
  }
}

/** weight: [group, stride4] quads, then the bias. */
export function depthwise(
  x: usize,
  indices: usize,
  weight: usize,
  y: usize,
  images: i32,
  inRows: i32,
  outRows: i32,
  stride4: i32,
  group: i32,
): void {
  const stride = (<usize>stride4) << 4;
  for (let image = 0; image < images; image++, x += <usize>inRows * stride) {
    for (let row = 0, taps = indices; row < outRows; row++, taps += (<usize>group) << 2) {
      for (let at: usize = 0; at < stride; at += 16, y += 16) {
        let sum = f32x4.splat(0);
        let w = weight + at;
        for (let g = 0; g < group; g++, w += stride) {
          const source = load<i32>(taps + ((<usize>g) << 2));
          if (source != NONE) sum = madd(v128.load(x + <usize>source * stride + at), v128.load(w), sum);
        }
        v128.store(y, f32x4.add(sum, v128.load(w)));
      }
    }
  }
}

/** level: i32 of 256 codes. weight: [group, stride4] quads of i32. column: triples of quads (scale, offset, bias). */
export function depthwiseCodes(
  x: usize,
  indices: usize,
  level: usize,
  weight: usize,
  column: usize,
  y: usize,
  images: i32,
  inRows: i32,
  outRows: i32,
  stride4: i32,
  group: i32,
): void {
  const codes = (<usize>stride4) << 2;
  const stride = codes << 2;
  for (let image = 0; image < images; image++, x += <usize>inRows * codes) {
    for (let row = 0, taps = indices; row < outRows; row++, taps += (<usize>group) << 2) {
      for (let at: usize = 0; at < codes; at += 4, y += 16) {
        let sum = i32x4.splat(0);
        let weights = i32x4.splat(0);
        let w = weight + (at << 2);
        for (let g = 0; g < group; g++, w += stride) {
          const source = load<i32>(taps + ((<usize>g) << 2));
          if (source == NONE) continue;
          const word = load<u32>(x + <usize>source * codes + at);
          let levels = v128.load32_zero(level + ((<usize>(word & 255)) << 2));
          levels = i32x4.replace_lane(levels, 1, load<i32>(level + ((<usize>((word >> 8) & 255)) << 2)));
          levels = i32x4.replace_lane(levels, 2, load<i32>(level + ((<usize>((word >> 16) & 255)) << 2)));
          levels = i32x4.replace_lane(levels, 3, load<i32>(level + ((<usize>(word >> 24)) << 2)));
          const factors = v128.load(w);
          sum = i32x4.add(sum, i32x4.mul(levels, factors));
          weights = i32x4.add(weights, factors);
        }
        const triple = column + 12 * at;
        const offset = madd(f32x4.convert_i32x4_s(weights), v128.load(triple, 16), v128.load(triple, 32));
        v128.store(y, madd(f32x4.convert_i32x4_s(sum), v128.load(triple), offset));
      }
    }
  }
}

/** Strides and part in words; words of y past the last part, and parts of no row, are 0. */
export function gatherRows(
  x: usize,
  indices: usize,
  y: usize,
  images: i32,
  inRows: i32,
  inStride: i32,
  outRows: i32,
  outStride: i32,
  group: i32,
  part: i32,
): void {
  const size = (<usize>part) << 2;
  const rest = ((<usize>outStride) << 2) - <usize>group * size;
  for (let image = 0; image < images; image++, x += (<usize>inRows * inStride) << 2) {
    for (let entry = 0; entry < outRows * group; entry++, y += size) {
      const source = load<i32>(indices + ((<usize>entry) << 2));
      if (source == NONE) memory.fill(y, 0, size);
      else memory.copy(y, x + ((<usize>source * inStride) << 2), size);
      if (rest == 0 || (entry + 1) % group != 0) continue;
      memory.fill(y + size, 0, rest);
      y += rest;
    }
  }
}
