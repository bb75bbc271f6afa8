/** A rectangle inside an array of numbers: element (i, j) = data[offset + i * rowStride + j * columnStride]. */
export interface MatrixView {
  readonly data: Float64Array | Float32Array;
  readonly offset: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

/** Rows of `columns` numbers, one after the other, seen from element (row, column) on. */
export function view(data: Float64Array | Float32Array, columns: number, row = 0, column = 0): MatrixView {
  return { data, offset: row * columns + column, rowStride: columns, columnStride: 1 };
}

/** The transpose of `view(data, columns, row, column)`: its element (0, 0) is the same. */
export function transposedView(data: Float64Array | Float32Array, columns: number, row = 0, column = 0): MatrixView {
  return { data, offset: row * columns + column, rowStride: 1, columnStride: columns };
}

/** Copies the lower triangle of a: [n,n] onto the upper one. */
export function mirrorLower(a: Float64Array, n: number): void {
  // Squares of 32 keep both the rows that are read and the columns that are written in the cache.
  for (let rows = 0; rows < n; rows += 32) {
    for (let columns = 0; columns <= rows; columns += 32) {
      for (let i = rows; i < Math.min(rows + 32, n); i++) {
        for (let j = columns; j < Math.min(columns + 32, i); j++) a[j * n + i] = a[i * n + j];
      }
    }
  }
}
