/**
 * Solves with a lower triangular factor for many right sides at once, in float64, blocked. Right sides are rows: x: [m,n] is overwritten.
 * `lowerOnly` (m = n) computes only x[r,c] for c < r, which those rows allow: solveLower then ignores what is above, solveLowerTransposed takes it as zero.
 */
import { transposedView, view } from "./matrix.ts";
import { addProduct } from "./multiply.ts";

const BLOCK = 64;

/** Solves x L^T = b, that is L x = b for every row. */
export function solveLower(l: Float64Array, n: number, x: Float64Array, m: number, lowerOnly = false): void {
  for (let start = 0; start < n; start += BLOCK) {
    const end = Math.min(start + BLOCK, n);
    const first = lowerOnly ? start : 0;
    const target = { data: x, offset: first * n + start, rowStride: n };
    addProduct(target, view(x, n, first), view(l, n, start), { m: m - first, n: end - start, k: start }, -1);
    for (let row = first; row < m; row++) {
      for (let j = start; j < end; j++) {
        let sum = 0;
        for (let i = start; i < j; i++) sum += x[row * n + i] * l[j * n + i];
        x[row * n + j] = (x[row * n + j] - sum) / l[j * n + j];
      }
    }
  }
  if (lowerOnly) for (let row = 0; row < n; row++) x.fill(0, row * n + row, (row + 1) * n);
}

/** Solves x L = b, that is L^T x = b for every row. */
export function solveLowerTransposed(l: Float64Array, n: number, x: Float64Array, m: number, lowerOnly = false): void {
  for (let start = (Math.ceil(n / BLOCK) - 1) * BLOCK; start >= 0; start -= BLOCK) {
    const end = Math.min(start + BLOCK, n);
    // Rows up to `end` have nothing right of the block when lowerOnly.
    const first = lowerOnly ? end : 0;
    const target = { data: x, offset: first * n + start, rowStride: n };
    addProduct(target, view(x, n, first, end), transposedView(l, n, end, start), { m: m - first, n: end - start, k: n - end }, -1);
    for (let row = lowerOnly ? start : 0; row < m; row++) {
      for (let j = end - 1; j >= start; j--) {
        const solved = x[row * n + j] / l[j * n + j];
        x[row * n + j] = solved;
        for (let i = start; i < j; i++) x[row * n + i] -= solved * l[j * n + i];
      }
    }
  }
}

/** Solves x (L L^T) = b for every row. */
export function solveFactored(l: Float64Array, n: number, x: Float64Array, m: number): void {
  solveLower(l, n, x, m);
  solveLowerTransposed(l, n, x, m);
}
