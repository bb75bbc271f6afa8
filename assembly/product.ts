// Matrix products A[rows, K] . B[K, panels of 8 columns] without any epilogue: blocks of 4 rows x 8 columns in registers.
// Each output is one chain of additions, k ascending, so that float results have the order that the kernels define.

/**
 * Integers, sums modulo 2^32. a: i16 rows, `aStride` bytes apart. b: [panel][pair of k][8 columns][2] i16, panels `bStride` bytes apart.
 * out: [rows, 8 * panels] i32.
 */
export function productI16(a: usize, aStride: usize, rows: i32, b: usize, bStride: usize, pairs: i32, panels: i32, out: usize): void {
  const outStride = (<usize>panels) << 5;
  const panelBytes = (<usize>pairs) << 5;
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
        let v = v128.load_splat<u32>(a0);
        s00 = i32x4.add(s00, i32x4.dot_i16x8_s(w0, v));
        s01 = i32x4.add(s01, i32x4.dot_i16x8_s(w1, v));
        v = v128.load_splat<u32>(a1);
        s10 = i32x4.add(s10, i32x4.dot_i16x8_s(w0, v));
        s11 = i32x4.add(s11, i32x4.dot_i16x8_s(w1, v));
        v = v128.load_splat<u32>(a2);
        s20 = i32x4.add(s20, i32x4.dot_i16x8_s(w0, v));
        s21 = i32x4.add(s21, i32x4.dot_i16x8_s(w1, v));
        v = v128.load_splat<u32>(a3);
        s30 = i32x4.add(s30, i32x4.dot_i16x8_s(w0, v));
        s31 = i32x4.add(s31, i32x4.dot_i16x8_s(w1, v));
        a0 += 4;
        a1 += 4;
        a2 += 4;
        a3 += 4;
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
        const v = v128.load_splat<u32>(from);
        s0 = i32x4.add(s0, i32x4.dot_i16x8_s(v128.load(w), v));
        s1 = i32x4.add(s1, i32x4.dot_i16x8_s(v128.load(w, 16), v));
        from += 4;
      }
      storePair(to, s0, s1);
      to += outStride;
    }
  }
}

/** f32, products rounded. a: f32 rows, `aStride` bytes apart. b: [panel][k][8 columns] f32. out: [rows, 8 * panels] f32. */
export function productF32(a: usize, aStride: usize, rows: i32, b: usize, depth: i32, panels: i32, out: usize): void {
  const outStride = (<usize>panels) << 5;
  const panelBytes = (<usize>depth) << 5;
  for (let panel = 0; panel < panels; panel++) {
    const first = b + panelBytes * panel;
    let to = out + ((<usize>panel) << 5);
    let row = 0;
    for (; row + 4 <= rows; row += 4) {
      let s00 = f32x4.splat(0),
        s01 = f32x4.splat(0),
        s10 = f32x4.splat(0),
        s11 = f32x4.splat(0);
      let s20 = f32x4.splat(0),
        s21 = f32x4.splat(0),
        s30 = f32x4.splat(0),
        s31 = f32x4.splat(0);
      let a0 = a + aStride * row;
      let a1 = a0 + aStride,
        a2 = a1 + aStride,
        a3 = a2 + aStride;
      for (let w = first, end = first + panelBytes; w < end; w += 32) {
        const w0 = v128.load(w),
          w1 = v128.load(w, 16);
        let v = v128.load_splat<u32>(a0);
        s00 = f32x4.add(s00, f32x4.mul(w0, v));
        s01 = f32x4.add(s01, f32x4.mul(w1, v));
        v = v128.load_splat<u32>(a1);
        s10 = f32x4.add(s10, f32x4.mul(w0, v));
        s11 = f32x4.add(s11, f32x4.mul(w1, v));
        v = v128.load_splat<u32>(a2);
        s20 = f32x4.add(s20, f32x4.mul(w0, v));
        s21 = f32x4.add(s21, f32x4.mul(w1, v));
        v = v128.load_splat<u32>(a3);
        s30 = f32x4.add(s30, f32x4.mul(w0, v));
        s31 = f32x4.add(s31, f32x4.mul(w1, v));
        a0 += 4;
        a1 += 4;
        a2 += 4;
        a3 += 4;
      }
      storePair(to, s00, s01);
      storePair(to + outStride, s10, s11);
      storePair(to + 2 * outStride, s20, s21);
      storePair(to + 3 * outStride, s30, s31);
      to += 4 * outStride;
    }
    for (; row < rows; row++) {
      let s0 = f32x4.splat(0),
        s1 = f32x4.splat(0);
      let from = a + aStride * row;
      for (let w = first, end = first + panelBytes; w < end; w += 32) {
        const v = v128.load_splat<u32>(from);
        s0 = f32x4.add(s0, f32x4.mul(v128.load(w), v));
        s1 = f32x4.add(s1, f32x4.mul(v128.load(w, 16), v));
        from += 4;
      }
      storePair(to, s0, s1);
      to += outStride;
    }
  }
}

/** f64 from f32 rows and panels of 4 columns. a: f64 rows, `aStride` bytes apart. b: [panel][k][4 columns] f64. out: [rows, 4 * panels] f64. */
export function productF64(a: usize, aStride: usize, rows: i32, b: usize, depth: i32, panels: i32, out: usize): void {
  const outStride = (<usize>panels) << 5;
  const panelBytes = (<usize>depth) << 5;
  for (let panel = 0; panel < panels; panel++) {
    const first = b + panelBytes * panel;
    let to = out + ((<usize>panel) << 5);
    let row = 0;
    for (; row + 4 <= rows; row += 4) {
      let s00 = f64x2.splat(0),
        s01 = f64x2.splat(0),
        s10 = f64x2.splat(0),
        s11 = f64x2.splat(0);
      let s20 = f64x2.splat(0),
        s21 = f64x2.splat(0),
        s30 = f64x2.splat(0),
        s31 = f64x2.splat(0);
      let a0 = a + aStride * row;
      let a1 = a0 + aStride,
        a2 = a1 + aStride,
        a3 = a2 + aStride;
      for (let w = first, end = first + panelBytes; w < end; w += 32) {
        const w0 = v128.load(w),
          w1 = v128.load(w, 16);
        let v = v128.load_splat<u64>(a0);
        s00 = f64x2.add(s00, f64x2.mul(w0, v));
        s01 = f64x2.add(s01, f64x2.mul(w1, v));
        v = v128.load_splat<u64>(a1);
        s10 = f64x2.add(s10, f64x2.mul(w0, v));
        s11 = f64x2.add(s11, f64x2.mul(w1, v));
        v = v128.load_splat<u64>(a2);
        s20 = f64x2.add(s20, f64x2.mul(w0, v));
        s21 = f64x2.add(s21, f64x2.mul(w1, v));
        v = v128.load_splat<u64>(a3);
        s30 = f64x2.add(s30, f64x2.mul(w0, v));
        s31 = f64x2.add(s31, f64x2.mul(w1, v));
        a0 += 8;
        a1 += 8;
        a2 += 8;
        a3 += 8;
      }
      storePair(to, s00, s01);
      storePair(to + outStride, s10, s11);
      storePair(to + 2 * outStride, s20, s21);
      storePair(to + 3 * outStride, s30, s31);
      to += 4 * outStride;
    }
    for (; row < rows; row++) {
      let s0 = f64x2.splat(0),
        s1 = f64x2.splat(0);
      let from = a + aStride * row;
      for (let w = first, end = first + panelBytes; w < end; w += 32) {
        const v = v128.load_splat<u64>(from);
        s0 = f64x2.add(s0, f64x2.mul(v128.load(w), v));
        s1 = f64x2.add(s1, f64x2.mul(v128.load(w, 16), v));
        from += 8;
      }
      storePair(to, s0, s1);
      to += outStride;
    }
  }
}

function storePair(to: usize, left: v128, right: v128): void {
  v128.store(to, left);
  v128.store(to, right, 16);
}
