// Operands as the products in product.ts read them: rows widened, the right side cut into panels.

/** Rows of codes (u8, `stride` bytes apart, `width` of them in use, a multiple of 4) -> dense i16 rows. */
export function widenCodes(from: usize, stride: usize, rows: i32, width: i32, to: usize): void {
  for (let row = 0; row < rows; row++) {
    let at = from + stride * row;
    const end = at + width;
    for (; at + 8 <= end; at += 8, to += 16) v128.store(to, v128.load_ext<u8>(at));
    if (at < end) {
      store<u64>(to, i64x2.extract_lane(i16x8.extend_low_i8x16_u(v128.load_zero<u32>(at)), 0));
      to += 8;
    }
  }
}

/**
 * Rows of codes (u8, `stride` bytes apart) -> 15 bits of the integers that they stand for (`table`: 256 i32), as dense i16 rows of `padded` entries,
 * 0 past `width`. `shift` 0, 15 or 30: which bits; an integer is the sum of its three parts, each times 2^shift.
 */
export function expandLevels(from: usize, stride: usize, rows: i32, width: i32, padded: i32, table: usize, shift: i32, to: usize): void {
  const mask = shift < 30 ? 0x7fff : -1;
  for (let row = 0; row < rows; row++) {
    const at = from + stride * row;
    for (let k = 0; k < width; k++, to += 2) {
      store<i16>(to, <i16>((load<i32>(table + ((<usize>load<u8>(at + k)) << 2)) >> shift) & mask));
    }
    for (let k = width; k < padded; k++, to += 2) store<i16>(to, 0);
  }
}

/** sums[row] += 2^shift * the sum of `width` entries (a multiple of 2) of each i16 row, `stride` bytes apart. */
export function addRowSums(from: usize, stride: usize, rows: i32, width: i32, shift: i32, sums: usize): void {
  for (let row = 0; row < rows; row++) {
    let at = from + stride * row;
    const end = at + (width << 1);
    let sum = i32x4.splat(0);
    for (; at + 16 <= end; at += 16) sum = i32x4.add(sum, i32x4.extadd_pairwise_i16x8_s(v128.load(at)));
    let total = addLanes(sum);
    for (; at < end; at += 2) total += load<i16>(at);
    const to = sums + ((<usize>row) << 2);
    store<i32>(to, load<i32>(to) + (total << shift));
  }
}

/** to[i] += 2^shift * from[i], `vectors` times four i32. */
export function addShifted(from: usize, vectors: i32, shift: i32, to: usize): void {
  for (let i = 0; i < vectors; i++, from += 16, to += 16) {
    v128.store(to, i32x4.add(v128.load(to), i32x4.shl(v128.load(from), shift)));
  }
}

/** The sum of the four lanes. */
function addLanes(v: v128): i32 {
  return i32x4.extract_lane(v, 0) + i32x4.extract_lane(v, 1) + i32x4.extract_lane(v, 2) + i32x4.extract_lane(v, 3);
}

/**
 * Packed weight codes of `container` bits -> [panel][pair of k][8 columns][2] i16, columns past `columns` 0.
 * `alongDepth` 0: word (k, n * container / 32), codes along columns (gemm-codes-f32); 1: codes along K, interleaved (gemm-codes-dot).
 */
export function panelsFromCodes(words: usize, stride: i32, depth: i32, columns: i32, container: i32, alongDepth: i32, to: usize): void {
  const perWord = 32 / container;
  const mask: u32 = (1 << container) - 1;
  const panelBytes = (<usize>depth) << 4;
  for (let k = 0; k < depth; k++) {
    const inWord = k % perWord;
    const shift = 8 * (inWord & 3) + container * (inWord >> 2);
    for (let n = 0; n < columns; n++) {
      const bit = n * container;
      const index = alongDepth ? (k / perWord) * stride + n : k * stride + (bit >> 5);
      const code = (load<u32>(words + ((<usize>index) << 2)) >>> (alongDepth ? shift : bit & 31)) & mask;
      store<u16>(to + panelBytes * (n >> 3) + ((<usize>(k >> 1)) << 5) + ((n & 7) << 2) + ((k & 1) << 1), <u16>code);
    }
  }
}

/** Float rows [k][columns] (`stride` bytes apart), row min(k, last) for each k < depth -> [panel][k][8 columns] f32; columns past `columns` 0. */
export function panelsFromFloats(from: usize, stride: usize, last: i32, depth: i32, columns: i32, to: usize): void {
  for (let n = 0; n < columns; n += 4) {
    let at = to + ((<usize>depth * (n >> 3)) << 5) + ((n & 4) << 2);
    for (let k = 0; k < depth; k++, at += 32) v128.store(at, v128.load(from + stride * min(k, last) + ((<usize>n) << 2)));
  }
}

/** Keys as columns: rows of codes (u8, `stride` bytes apart), row min(column, last) -> [panel][pair][8 columns][2] i16 and the sum of each column. */
export function panelsFromKeys(from: usize, stride: usize, last: i32, depth: i32, panels: i32, to: usize, sums: usize): void {
  const pairs = depth >> 1;
  for (let column = 0; column < 8 * panels; column++) {
    const row = from + stride * min(column, last);
    let at = to + ((<usize>(pairs * (column >> 3))) << 5) + ((column & 7) << 2);
    let sum = 0;
    for (let pair = 0; pair < pairs; pair++, at += 32) {
      const two = <u32>load<u16>(row + (pair << 1));
      sum += (two & 255) + (two >> 8);
      store<u32>(at, (two & 255) | ((two & 0xff00) << 8));
    }
    store<i32>(sums + ((<usize>column) << 2), sum);
  }
}

/** Values as columns: rows j of codes (u8, `stride` bytes apart) -> [panel][pair of j][8 columns][2] i16, rows past `rows` 0, and the sum of each column. */
export function panelsFromValues(from: usize, stride: usize, rows: i32, columns: i32, to: usize, sums: usize): void {
  const pairs = (rows + 1) >> 1;
  for (let n = 0; n < columns; n += 4) {
    let at = to + ((<usize>(pairs * (n >> 3))) << 5) + ((n & 4) << 2);
    let sum = i32x4.splat(0);
    for (let pair = 0; pair < pairs; pair++, at += 32) {
      const row = from + stride * (pair << 1) + n;
      const even = v128.load_zero<u32>(row);
      const odd = (pair << 1) + 1 < rows ? v128.load_zero<u32>(row + stride) : i32x4.splat(0);
      const both = i16x8.extend_low_i8x16_u(i8x16.shuffle(even, odd, 0, 16, 1, 17, 2, 18, 3, 19, 0, 0, 0, 0, 0, 0, 0, 0));
      sum = i32x4.add(sum, i32x4.extadd_pairwise_i16x8_s(both));
      v128.store(at, both);
    }
    v128.store(sums + ((<usize>n) << 2), sum);
  }
}

/** Float rows (`stride` bytes apart) -> dense f64 rows. */
export function promoteRows(from: usize, stride: usize, rows: i32, depth: i32, to: usize): void {
  for (let row = 0; row < rows; row++) {
    const at = from + stride * row;
    for (let k = 0; k < depth; k++, to += 8) store<f64>(to, <f64>load<f32>(at + ((<usize>k) << 2)));
  }
}

/** Float keys as columns, row min(column, last) -> [panel][k][4 columns] f64. */
export function panelsF64(from: usize, stride: usize, last: i32, depth: i32, panels: i32, to: usize): void {
  for (let column = 0; column < 4 * panels; column++) {
    const row = from + stride * min(column, last);
    let at = to + ((<usize>(depth * (column >> 2))) << 5) + ((column & 3) << 3);
    for (let k = 0; k < depth; k++, at += 32) store<f64>(at, <f64>load<f32>(row + ((<usize>k) << 2)));
  }
}
