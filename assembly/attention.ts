// The epilogues of shaders/attention-*.wgsl for one head: sums -> scores, or outputs of all its rows.
import { encodeCodes, madd } from "./exact-math";

/** scores[i, j] = f32(f32(sum) * scale), the second product in f64. sums: [rows, sumStride bytes] f64; y: [rows, columns4] quads. */
export function finishScoresF64(sums: usize, sumStride: usize, rows: i32, columns4: i32, scale: f64, y: usize): void {
  for (let row = 0; row < rows; row++) {
    let from = sums + sumStride * row;
    for (let column = 0; column < 4 * columns4; column++, from += 8, y += 4) {
      store<f32>(y, <f32>(<f64>(<f32>load<f64>(from)) * scale));
    }
  }
}

/**
 * scores[i, j] = f32(exact) * (query scale * key scale), exact = sum - kz * qSum - qz * kSum + headDim * qz * kz.
 * sums: [rows, sumStride bytes] i32. qGrid: (scale, zero) of row min(i, qEntries - 1); kGrid: (scale, zero) of column min(j, kEntries - 1).
 * `scratch`: room for two vectors per quad. y: [rows, columns4] quads.
 */
export function finishScoresCodes(
  sums: usize,
  sumStride: usize,
  qSums: usize,
  kSums: usize,
  rows: i32,
  columns4: i32,
  qGrid: usize,
  qEntries: i32,
  kGrid: usize,
  kEntries: i32,
  headDim: i32,
  scratch: usize,
  y: usize,
): void {
  for (let column = 0; column < 4 * columns4; column++) {
    const grid = kGrid + ((<usize>min(column, kEntries - 1)) << 3);
    const to = scratch + ((<usize>(column >> 2)) << 5) + ((column & 3) << 2);
    store<f32>(to, load<f32>(grid));
    store<i32>(to, <i32>load<f32>(grid, 4), 16);
  }
  for (let row = 0; row < rows; row++) {
    const grid = qGrid + ((<usize>min(row, qEntries - 1)) << 3);
    const qScale = v128.load_splat<u32>(grid);
    const qZero = <i32>load<f32>(grid, 4);
    const qZeros = i32x4.splat(qZero);
    // kz * (headDim * qz - qSum) in one product: the same modulo 2^32.
    const ofKeyZero = i32x4.splat(headDim * qZero - load<i32>(qSums + ((<usize>row) << 2)));
    const from = sums + sumStride * row;
    for (let quad = 0; quad < columns4; quad++, y += 16) {
      const at = (<usize>quad) << 4;
      const kScale = v128.load(scratch + (at << 1));
      const kZero = v128.load(scratch + (at << 1), 16);
      const exact = i32x4.add(i32x4.sub(v128.load(from + at), i32x4.mul(qZeros, v128.load(kSums + at))), i32x4.mul(kZero, ofKeyZero));
      v128.store(y, f32x4.mul(f32x4.convert_i32x4_s(exact), f32x4.mul(qScale, kScale)));
    }
  }
}

/** Rows of sums to y: [rows, sumStride bytes] f32 -> columns4 quads each, rows of y `yStride` bytes apart. */
export function copyQuads(sums: usize, sumStride: usize, rows: i32, columns4: i32, y: usize, yStride: usize): void {
  for (let row = 0; row < rows; row++) memory.copy(y + yStride * row, sums + sumStride * row, (<usize>columns4) << 4);
}

/** 256 levels per code as integers: even to `even`, odd to `odd`. Returns whether any is odd. */
export function levelTables(levels: usize, form: i32, even: usize, odd: usize): i32 {
  let hasOdd = 0;
  for (let code = 0; code < 256; code++) {
    let e = 0;
    let o = 0;
    if (form === 0) {
      e = <i32>load<f32>(levels + ((<usize>code) << 3));
      o = <i32>load<f32>(levels + ((<usize>code) << 3), 4);
    } else {
      const level = load<i32>(levels + ((<usize>code) << 2));
      const unit = form === 1 ? level : level & 512 ? 1 << (level & 31) : 0;
      if (form === 2 && level & 256) o = unit;
      else e = unit;
    }
    if (o !== 0) hasOdd = 1;
    store<i32>(even + ((<usize>code) << 2), e);
    store<i32>(odd + ((<usize>code) << 2), o);
  }
  return hasOdd;
}

/**
 * v = exactOdd * sqrt 2 + exactEven, then `extra` 1: `offset` times the column's sum, or 2: the row's scale and its largest entry; then the column's
 * scale; float or codes. valueSums: of the codes of each column, tokens of them.
 * even, odd: [rows, sumStride bytes] i32; evenLevels, oddLevels: per row. columns: per quad the vectors scale, value zero, 1 / out_scale, out_zero.
 * p: rows of codes, pStride bytes apart, with (scale, largest, its index) behind `pWords` words where extra is 2. values: row 0 of v, valueStride bytes apart.
 */
export function finishAttention(
  even: usize,
  odd: usize,
  sumStride: usize,
  evenLevels: usize,
  oddLevels: usize,
  rows: i32,
  columns4: i32,
  columns: usize,
  extra: i32,
  offset: f32,
  valueSums: usize,
  tokens: i32,
  p: usize,
  pStride: usize,
  pWords: i32,
  values: usize,
  valueStride: usize,
  quantize: i32,
  top: f32,
  y: usize,
  outStride4: i32,
): void {
  for (let quad = 0; quad < columns4; quad++) {
    const table = columns + ((<usize>quad) << 6);
    const scale = v128.load(table),
      zeroPoint = v128.load(table, 16),
      inverse = v128.load(table, 32),
      outZero = v128.load(table, 48);
    const vZero = i32x4.trunc_sat_f32x4_s(zeroPoint);
    const tops = f32x4.splat(top);
    for (let row = 0; row < rows; row++) {
      const at = sumStride * row + ((<usize>quad) << 4);
      const r = (<usize>row) << 2;
      const exactEven = i32x4.sub(v128.load(even + at), i32x4.mul(vZero, v128.load_splat<u32>(evenLevels + r)));
      let v = f32x4.convert_i32x4_s(exactEven);
      if (odd) {
        const exactOdd = i32x4.sub(v128.load(odd + at), i32x4.mul(vZero, v128.load_splat<u32>(oddLevels + r)));
        v = madd(f32x4.convert_i32x4_s(exactOdd), f32x4.splat(1.41421354), v);
      }
      if (extra === 1) {
        const total = i32x4.sub(v128.load(valueSums + ((<usize>quad) << 4)), i32x4.mul(vZero, i32x4.splat(tokens)));
        v = madd(f32x4.convert_i32x4_s(total), f32x4.splat(offset), v);
      }
      if (extra === 2) {
        const end = p + pStride * row + ((<usize>pWords) << 2);
        const peakRow = values + valueStride * load<u32>(end, 8) + ((<usize>quad) << 2);
        const codes = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load_zero<u32>(peakRow)));
        const peak = f32x4.sub(f32x4.convert_i32x4_s(codes), zeroPoint);
        v = madd(v128.load_splat<u32>(end + 4), peak, f32x4.mul(v, v128.load_splat<u32>(end)));
      }
      v = f32x4.mul(v, scale);
      const to = <usize>(row * outStride4 + quad);
      if (quantize) encodeCodes(y + (to << 2), v, inverse, outZero, tops);
      else v128.store(y + (to << 4), v);
    }
  }
}
