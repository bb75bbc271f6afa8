/**
 * Dense matrix product in float64, the one inner loop of this folder: Gram matrices, factorizations and solves are blocks of it.
 * Operands are copied into panels four rows wide, then 4 x 4 results are summed in registers (the layout of Goto and van de Geijn, 2008).
 * The order of every sum depends on the sizes only, so the same numbers give the same bits in every run.
 */
import type { MatrixView } from "./matrix.ts";

const TILE = 4;
/** Length of a partial sum; panels of 4 x 256 numbers (8 KiB) stay in the first-level cache. */
const DEPTH = 256;
/** Rows of A and of B that are packed at a time: 128 KiB and 1 MiB. */
const ROWS = 64;
const COLUMNS = 512;

const panelA = new Float64Array(ROWS * DEPTH);
const panelB = new Float64Array(COLUMNS * DEPTH);
const edge = new Float64Array(TILE * TILE);

export interface ProductSize {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/**
 * c += sign * a b^T, with a: [m,k], b: [n,k], c: [m,n] of row length `c.rowStride`.
 * `lowerOnly` leaves out tiles that lie wholly above the diagonal of c; elements above it are then unspecified.
 */
export function addProduct(
  c: { readonly data: Float64Array; readonly offset: number; readonly rowStride: number },
  a: MatrixView,
  b: MatrixView,
  { m, n, k }: ProductSize,
  sign: 1 | -1 = 1,
  lowerOnly = false,
): void {
  for (let p = 0; p < k; p += DEPTH) {
    const depth = Math.min(DEPTH, k - p);
    for (let columns = 0; columns < n; columns += COLUMNS) {
      const width = Math.min(COLUMNS, n - columns);
      pack(panelB, b, columns, width, p, depth);
      for (let rows = lowerOnly ? columns - (columns % ROWS) : 0; rows < m; rows += ROWS) {
        const height = Math.min(ROWS, m - rows);
        pack(panelA, a, rows, height, p, depth);
        for (let j = 0; j < width; j += TILE) {
          for (let i = 0; i < height; i += TILE) {
            if (lowerOnly && columns + j >= rows + i + TILE) continue;
            const at = c.offset + (rows + i) * c.rowStride + columns + j;
            if (i + TILE <= height && j + TILE <= width) addTile(i * depth, j * depth, depth, sign, c.data, at, c.rowStride);
            else addEdge(i * depth, j * depth, depth, sign, c.data, at, c.rowStride, Math.min(TILE, height - i), Math.min(TILE, width - j));
          }
        }
      }
    }
  }
}

/** Four rows after four rows, depth-major; rows past the last are zero. */
function pack(
  panel: Float64Array,
  { data, offset, rowStride, columnStride }: MatrixView,
  row: number,
  rows: number,
  p: number,
  depth: number,
) {
  for (let i = 0; i < rows; i += TILE) {
    let source = offset + (row + i) * rowStride + p * columnStride;
    let target = i * depth;
    if (i + TILE <= rows) {
      for (let q = 0; q < depth; q++) {
        panel[target] = data[source];
        panel[target + 1] = data[source + rowStride];
        panel[target + 2] = data[source + 2 * rowStride];
        panel[target + 3] = data[source + 3 * rowStride];
        target += TILE;
        source += columnStride;
      }
    } else {
      for (let q = 0; q < depth; q++) {
        for (let r = 0; r < TILE; r++) panel[target + r] = i + r < rows ? data[source + r * rowStride] : 0;
        target += TILE;
        source += columnStride;
      }
    }
  }
}

/** Tiles that stick out are computed whole beside the result, then the part inside is added. */
function addEdge(
  ia: number,
  ib: number,
  depth: number,
  sign: number,
  c: Float64Array,
  at: number,
  stride: number,
  rows: number,
  columns: number,
): void {
  edge.fill(0);
  addTile(ia, ib, depth, sign, edge, 0, TILE);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) c[at + i * stride + j] += edge[i * TILE + j];
  }
}

/** Sixteen sums in registers. */
function addTile(ia: number, ib: number, depth: number, sign: number, c: Float64Array, at: number, stride: number): void {
  const a = panelA;
  const b = panelB;
  let c00 = 0, c01 = 0, c02 = 0, c03 = 0; // prettier-ignore
  let c10 = 0, c11 = 0, c12 = 0, c13 = 0; // prettier-ignore
  let c20 = 0, c21 = 0, c22 = 0, c23 = 0; // prettier-ignore
  let c30 = 0, c31 = 0, c32 = 0, c33 = 0; // prettier-ignore
  for (let p = 0; p < depth; p++) {
    const a0 = a[ia];
    const a1 = a[ia + 1];
    const a2 = a[ia + 2];
    const a3 = a[ia + 3];
    const b0 = b[ib];
    c00 += a0 * b0;
    c10 += a1 * b0;
    c20 += a2 * b0;
    c30 += a3 * b0;
    const b1 = b[ib + 1];
    c01 += a0 * b1;
    c11 += a1 * b1;
    c21 += a2 * b1;
    c31 += a3 * b1;
    const b2 = b[ib + 2];
    c02 += a0 * b2;
    c12 += a1 * b2;
    c22 += a2 * b2;
    c32 += a3 * b2;
    const b3 = b[ib + 3];
    c03 += a0 * b3;
    c13 += a1 * b3;
    c23 += a2 * b3;
    c33 += a3 * b3;
    ia += TILE;
    ib += TILE;
  }
  addRow(c, at, sign, c00, c01, c02, c03);
  addRow(c, at + stride, sign, c10, c11, c12, c13);
  addRow(c, at + 2 * stride, sign, c20, c21, c22, c23);
  addRow(c, at + 3 * stride, sign, c30, c31, c32, c33);
}

function addRow(c: Float64Array, at: number, sign: number, x0: number, x1: number, x2: number, x3: number): void {
  c[at] += sign * x0;
  c[at + 1] += sign * x1;
  c[at + 2] += sign * x2;
  c[at + 3] += sign * x3;
}
