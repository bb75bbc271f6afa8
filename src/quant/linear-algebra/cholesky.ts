/** Cholesky factorization h = L L^T in float64, blocked, in place (Golub and Van Loan, Matrix Computations, 4.2). */
import { view } from "./matrix.ts";
import { addProduct } from "./multiply.ts";

const BLOCK = 64;

/**
 * Replaces h: [n,n] (its lower triangle is read) by L, zeros above the diagonal. False when h is not positive definite as far as float64 can tell: a pivot
 * that is not above n * 2^-52 of its diagonal entry is rounding error; h is then partly overwritten.
 */
export function choleskyInPlace(h: Float64Array, n: number): boolean {
  const smallest = new Float64Array(n);
  for (let i = 0; i < n; i++) smallest[i] = Math.max(h[i * n + i], 0) * n * Number.EPSILON;
  for (let start = 0; start < n; start += BLOCK) {
    const end = Math.min(start + BLOCK, n);
    if (!factorBlock(h, n, start, end, smallest)) return false;
    solvePanel(h, n, start, end);
    const panel = view(h, n, end, start);
    const rest = n - end;
    addProduct({ data: h, offset: end * n + end, rowStride: n }, panel, panel, { m: rest, n: rest, k: end - start }, -1, true);
  }
  for (let i = 0; i < n; i++) h.fill(0, i * n + i + 1, (i + 1) * n);
  return true;
}

/** The diagonal block [start,end), row by row. */
function factorBlock(h: Float64Array, n: number, start: number, end: number, smallest: Float64Array): boolean {
  for (let i = start; i < end; i++) {
    for (let j = start; j < i; j++) h[i * n + j] = (h[i * n + j] - dot(h, i * n + start, j * n + start, j - start)) / h[j * n + j];
    const pivot = h[i * n + i] - dot(h, i * n + start, i * n + start, i - start);
    if (!(pivot > smallest[i]) || pivot === Number.POSITIVE_INFINITY) return false;
    h[i * n + i] = Math.sqrt(pivot);
  }
  return true;
}

/** Rows below the block: each row x of it becomes x L_block^-T. */
function solvePanel(h: Float64Array, n: number, start: number, end: number): void {
  for (let i = end; i < n; i++) {
    for (let j = start; j < end; j++) h[i * n + j] = (h[i * n + j] - dot(h, i * n + start, j * n + start, j - start)) / h[j * n + j];
  }
}

function dot(h: Float64Array, a: number, b: number, length: number): number {
  let sum = 0;
  for (let p = 0; p < length; p++) sum += h[a + p] * h[b + p];
  return sum;
}
