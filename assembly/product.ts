// Matrix products A[rows, K] . B[K, panels of 8 or 4 columns] without any epilogue: blocks of 4 rows x 32 bytes of columns in registers.
// Each output is one chain of additions, k ascending, so that float results have the order that the kernels define.

/**
 * Integers, sums modulo 2^32. a: i16 rows, `aStride` bytes apart. b: [panel][pair of k][8 columns][2] i16, panels `bStride` bytes apart.
 * out: [rows, 8 * panels] i32.
 */
export function productI16(a: usize, aStride: usize, rows: i32, b: usize, bStride: usize, pairs: i32, panels: i32, out: usize): void {
  product<i32>(a, aStride, rows, b, bStride, pairs, panels, out);
}

/** f32, products rounded. a: f32 rows, `aStride` bytes apart. b: [panel][k][8 columns] f32. out: [rows, 8 * panels] f32. */
export function productF32(a: usize, aStride: usize, rows: i32, b: usize, depth: i32, panels: i32, out: usize): void {
  product<f32>(a, aStride, rows, b, (<usize>depth) << 5, depth, panels, out);
}

/** f64 from f32 rows and panels of 4 columns. a: f64 rows, `aStride` bytes apart. b: [panel][k][4 columns] f64. out: [rows, 4 * panels] f64. */
export function productF64(a: usize, aStride: usize, rows: i32, b: usize, depth: i32, panels: i32, out: usize): void {
  product<f64>(a, aStride, rows, b, (<usize>depth) << 5, depth, panels, out);
}

/** T is what one step along a row of A reads: a float, or a pair of i16 as one i32. A step along B is 32 bytes. */
function product<T>(a: usize, aStride: usize, rows: i32, b: usize, bStride: usize, steps: i32, panels: i32, out: usize): void {
  const outStride = (<usize>panels) << 5;
  const panelBytes = (<usize>steps) << 5;
  for (let panel = 0; panel < panels; panel++) {
    const first = b + bStride * panel;
    let to = out + ((<usize>panel) << 5);
    let row = 0;
    for (; row + 4 <= rows; row += 4) {
      let s00 = i32x4.splat(0),
        s01 = i32x4.splat(0),
        s10 = i32x4.splat(0),
        s11 = i32x4.splat(0);
      let s20 = i32x4.splat(0),
        s21 = i32x4.splat(0),
        s30 = i32x4.splat(0),
        s31 = i32x4.splat(0);
      let a0 = a + aStride * row;
      let a1 = a0 + aStride,
        a2 = a1 + aStride,
        a3 = a2 + aStride;
      for (let w = first, end = first + panelBytes; w < end; w += 32) {
        const w0 = v128.load(w),
          w1 = v128.load(w, 16);
        let v = v128.load_splat<T>(a0);
        s00 = plusProduct<T>(s00, w0, v);
        s01 = plusProduct<T>(s01, w1, v);
        v = v128.load_splat<T>(a1);
        s10 = plusProduct<T>(s10, w0, v);
        s11 = plusProduct<T>(s11, w1, v);
        v = v128.load_splat<T>(a2);
        s20 = plusProduct<T>(s20, w0, v);
        s21 = plusProduct<T>(s21, w1, v);
        v = v128.load_splat<T>(a3);
        s30 = plusProduct<T>(s30, w0, v);
        s31 = plusProduct<T>(s31, w1, v);
        a0 += sizeof<T>();
        a1 += sizeof<T>();
        a2 += sizeof<T>();
        a3 += sizeof<T>();
      }
      storePair(to, s00, s01);
      storePair(to + outStride, s10, s11);
      storePair(to + 2 * outStride, s20, s21);
      storePair(to + 3 * outStride, s30, s31);
      to += 4 * outStride;
    }
    for (; row < rows; row++) {
      let s0 = i32x4.splat(0),
        s1 = i32x4.splat(0);
      let from = a + aStride * row;
      for (let w = first, end = first + panelBytes; w < end; w += 32) {
        const v = v128.load_splat<T>(from);
        s0 = plusProduct<T>(s0, v128.load(w), v);
        s1 = plusProduct<T>(s1, v128.load(w, 16), v);
        from += sizeof<T>();
      }
      storePair(to, s0, s1);
      to += outStride;
    }
  }
}

function plusProduct<T>(sum: v128, w: v128, v: v128): v128 {
  if (isInteger<T>()) return i32x4.add(sum, i32x4.dot_i16x8_s(w, v));
  return v128.add<T>(sum, v128.mul<T>(w, v));
}

function storePair(to: usize, left: v128, right: v128): void {
  v128.store(to, left);
  v128.store(to, right, 16);
}
