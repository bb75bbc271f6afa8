// Kernels that work on whole rows: shaders/layer-norm.wgsl, softmax.wgsl, softmax-demax.wgsl.
import { exactExp, exactInverseSqrt, exactReciprocal, foldSums, madd, storeCodes } from "./exact-math";

/** 2^-60 */
const SMALLEST_SECOND: f32 = 8.673617379884035e-19;

/** Lanes c .. c + 3 of a vector that lie below `columns`. */
function lanesBelow(c: i32, columns: i32): v128 {
  return i32x4.lt_s(i32x4.add(i32x4.splat(c), i32x4(0, 1, 2, 3)), i32x4.splat(columns));
}

/** A vector of x with `fill` in the lanes past the row's columns. */
function loadMasked(at: usize, c: i32, columns: i32, fill: v128): v128 {
  const v = v128.load(at + ((<usize>c) << 2));
  return c + 4 <= columns ? v : v128.bitselect(v, fill, lanesBelow(c, columns));
}

export function layerNorm(
  x: usize,
  gain: usize,
  shift: usize,
  y: usize,
  rows: i32,
  columns: i32,
  stride4: i32,
  inverse: f32,
  epsilon: f32,
  top: f32,
  quantize: i32,
): void {
  const zero = f32x4.splat(0);
  for (let row = 0; row < rows; row++) {
    const from = x + ((<usize>(row * stride4)) << 4);
    let a0 = zero,
      a1 = zero,
      a2 = zero,
      a3 = zero;
    // -0 is what changes no sum, +0 would turn -0 into +0.
    const nothing = f32x4.splat(-0.0);
    for (let c = 0; c < columns; c += 16) {
      a0 = f32x4.add(a0, loadMasked(from, c, columns, nothing));
      if (c + 4 < columns) a1 = f32x4.add(a1, loadMasked(from, c + 4, columns, nothing));
      if (c + 8 < columns) a2 = f32x4.add(a2, loadMasked(from, c + 8, columns, nothing));
      if (c + 12 < columns) a3 = f32x4.add(a3, loadMasked(from, c + 12, columns, nothing));
    }
    const mean = f32x4.splat(-foldSums(a0, a1, a2, a3) * inverse);
    a0 = a1 = a2 = a3 = zero;
    for (let c = 0; c < columns; c += 16) {
      a0 = addSquare(a0, from, c, columns, mean);
      if (c + 4 < columns) a1 = addSquare(a1, from, c + 4, columns, mean);
      if (c + 8 < columns) a2 = addSquare(a2, from, c + 8, columns, mean);
      if (c + 12 < columns) a3 = addSquare(a3, from, c + 12, columns, mean);
    }
    const rstd = f32x4.splat(exactInverseSqrt(foldSums(a0, a1, a2, a3) * inverse + epsilon));
    for (let quad = 0; quad < stride4; quad++) {
      const at = (<usize>quad) << 4;
      const normal = f32x4.mul(f32x4.add(mean, v128.load(from + at)), rstd);
      const v = v128.and(madd(normal, v128.load(gain + at), v128.load(shift + at)), lanesBelow(quad << 2, columns));
      const to = <usize>(row * stride4 + quad);
      if (quantize) storeCodes(y + (to << 2), f32x4.nearest(v), f32x4.splat(top));
      else v128.store(y + (to << 4), v);
    }
  }
}

function addSquare(sum: v128, from: usize, c: i32, columns: i32, mean: v128): v128 {
  const d = f32x4.add(mean, v128.load(from + ((<usize>c) << 2)));
  const square = f32x4.mul(d, d);
  return f32x4.add(sum, c + 4 <= columns ? square : v128.and(square, lanesBelow(c, columns)));
}

/** `scratch`: room for a row of x in f32 and for the thresholds. `thresholds` ascend. */
export function softmax(
  x: usize,
  thresholds: usize,
  y: usize,
  rows: i32,
  columns: i32,
  stride4: i32,
  thresholdCount: i32,
  quantize: i32,
  reversed: i32,
  scratch: usize,
): void {
  const scaled = scratch + ((<usize>stride4) << 4);
  for (let row = 0; row < rows; row++) {
    const from = x + ((<usize>(row * stride4)) << 4);
    const sum = exponentials(from, columns, scratch);
    if (quantize) {
      for (let i = 0; i < thresholdCount; i++) {
        store<f32>(scaled + ((<usize>i) << 2), load<f32>(thresholds + ((<usize>i) << 2)) * sum);
      }
    }
    const inverse = exactReciprocal(f32x4.splat(sum));
    for (let quad = 0; quad < stride4; quad++) {
      const e = v128.load(scratch + ((<usize>quad) << 4));
      const used = lanesBelow(quad << 2, columns);
      const to = <usize>(row * stride4 + quad);
      if (!quantize) {
        v128.store(y + (to << 4), v128.and(f32x4.mul(e, inverse), used));
        continue;
      }
      let count = countReached(e, scaled, thresholdCount);
      if (reversed) count = i32x4.sub(i32x4.splat(thresholdCount), count);
      count = v128.and(count, used);
      store<u32>(y + (to << 2), i32x4.extract_lane(i8x16.shuffle(count, count, 0, 4, 8, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), 0));
    }
  }
}

/**
 * Codes in steps of the row's second largest entry; the largest itself is kept beside the codes as (row scale, largest, its index).
 * `scratch`: room for a row of x in f32. `decode`: y is the floats that the codes stand for, else rows of outStride4 words.
 */
export function softmaxDemax(
  x: usize,
  y: usize,
  rows: i32,
  columns: i32,
  stride4: i32,
  outStride4: i32,
  codeMax: f32,
  inverseLevels: f32,
  decode: i32,
  scratch: usize,
): void {
  for (let row = 0; row < rows; row++) {
    const from = x + ((<usize>(row * stride4)) << 4);
    const sum = exponentials(from, columns, scratch);
    let index = 0;
    for (let c = 1; c < columns; c++) if (load<f32>(from + ((<usize>c) << 2)) > load<f32>(from + ((<usize>index) << 2))) index = c;
    const largest = load<f32>(from + ((<usize>index) << 2));
    let second: f32 = -Infinity;
    for (let c = 0; c < columns; c++) if (c !== index) second = max(second, load<f32>(from + ((<usize>c) << 2)));
    const highest = f32x4.extract_lane(exactReciprocal(f32x4.splat(sum)), 0);
    const eSecond = max<f32>(f32x4.extract_lane(exactExp(f32x4.splat(max<f32>(second - largest, -100))), 0), SMALLEST_SECOND);
    const growth = exactReciprocal(f32x4.splat(eSecond));
    const rowScale: f32 = eSecond * highest * inverseLevels;
    const to = decode ? y + ((<usize>(row * stride4)) << 4) : y + ((<usize>(row * outStride4)) << 2);
    for (let quad = 0; quad < stride4; quad++) {
      const e = v128.load(scratch + ((<usize>quad) << 4));
      const used = lanesBelow(quad << 2, columns);
      const rounded = f32x4.nearest(f32x4.mul(f32x4.mul(e, growth), f32x4.splat(codeMax)));
      const code = v128.and(f32x4.min(f32x4.max(rounded, f32x4.splat(0)), f32x4.splat(codeMax)), used);
      if (decode) v128.store(to + ((<usize>quad) << 4), f32x4.mul(code, f32x4.splat(rowScale)));
      else storeCodes(to + ((<usize>quad) << 2), code, f32x4.splat(codeMax));
    }
    if (decode) {
      store<f32>(to + ((<usize>index) << 2), highest);
      continue;
    }
    store<u8>(to + index, 0);
    const end = to + ((<usize>stride4) << 2);
    store<f32>(end, rowScale);
    store<f32>(end, highest, 4);
    store<u32>(end, index, 8);
    store<u32>(end, 0, 12);
  }
}

/** e^(x - max) of a row to `to`, and their sum. */
export function exponentials(from: usize, columns: i32, to: usize): f32 {
  const lowest = f32x4.splat(-Infinity);
  let top = lowest;
  for (let c = 0; c < columns; c += 4) top = f32x4.max(top, loadMasked(from, c, columns, lowest));
  const left = max(f32x4.extract_lane(top, 0), f32x4.extract_lane(top, 1));
  const largest = f32x4.splat(max(left, max(f32x4.extract_lane(top, 2), f32x4.extract_lane(top, 3))));
  let a0 = f32x4.splat(0),
    a1 = a0,
    a2 = a0,
    a3 = a0;
  for (let c = 0; c < columns; c += 16) {
    a0 = addExponential(a0, from, c, columns, largest, to);
    if (c + 4 < columns) a1 = addExponential(a1, from, c + 4, columns, largest, to);
    if (c + 8 < columns) a2 = addExponential(a2, from, c + 8, columns, largest, to);
    if (c + 12 < columns) a3 = addExponential(a3, from, c + 12, columns, largest, to);
  }
  return foldSums(a0, a1, a2, a3);
}

function addExponential(sum: v128, from: usize, c: i32, columns: i32, largest: v128, to: usize): v128 {
  const at = (<usize>c) << 2;
  let e = exactExp(f32x4.sub(loadMasked(from, c, columns, largest), largest));
  if (c + 4 > columns) e = v128.and(e, lanesBelow(c, columns));
  v128.store(to + at, e);
  return f32x4.add(sum, e);
}

/** How many of the ascending thresholds each lane has reached: all compared where they are few, else found by halving. */
export function countReached(e: v128, thresholds: usize, count: i32): v128 {
  if (count <= 32) {
    let reached = i32x4.splat(0);
    for (let i = 0; i < count; i++) {
      reached = i32x4.sub(reached, f32x4.ge(e, v128.load_splat<u32>(thresholds + ((<usize>i) << 2))));
    }
    return reached;
  }
  let reached = i32x4.splat(search(f32x4.extract_lane(e, 0), thresholds, count));
  reached = i32x4.replace_lane(reached, 1, search(f32x4.extract_lane(e, 1), thresholds, count));
  reached = i32x4.replace_lane(reached, 2, search(f32x4.extract_lane(e, 2), thresholds, count));
  return i32x4.replace_lane(reached, 3, search(f32x4.extract_lane(e, 3), thresholds, count));
}

function search(e: f32, thresholds: usize, count: i32): i32 {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (e >= load<f32>(thresholds + ((<usize>middle) << 2))) low = middle + 1;
    else high = middle;
  }
  return low;
}
