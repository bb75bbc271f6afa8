/**
 * The error that weight solvers minimise, from running sums only: sum over rows x^ of (w^ x^ - w x^)^2 = (w^ - w) H (w^ - w)^T with H the Gram matrix of x^.
 */
import { view } from "../linear-algebra/matrix.ts";
import { addProduct } from "../linear-algebra/multiply.ts";

/** One number per weight row: e H e^T for e = restored - weight. weight, restored: [N,K]; gram: [K,K]. */
export function proxyErrors(weight: Float32Array, restored: Float32Array, gram: Float64Array, k: number): Float64Array<ArrayBuffer> {
  return quadraticForms(difference(restored, weight), gram, k);
}

/** a - b in float64. */
export function difference(a: Float32Array, b: Float32Array): Float64Array<ArrayBuffer> {
  const out = new Float64Array(a.length);
  // A loop, because Float64Array.from with a function is ten times slower.
  for (let i = 0; i < out.length; i++) out[i] = a[i] - b[i];
  return out;
}

/** e H e^T for every row e of error: [N,K]. */
export function quadraticForms(error: Float64Array, gram: Float64Array, k: number): Float64Array<ArrayBuffer> {
  const pulled = timesSymmetric(error, gram, k);
  return Float64Array.from({ length: error.length / k }, (_, row) => {
    let sum = 0;
    for (let i = row * k; i < (row + 1) * k; i++) sum += error[i] * pulled[i];
    return sum;
  });
}

/** rows: [N,K] times a symmetric h: [K,K]. */
export function timesSymmetric(rows: Float64Array, h: Float64Array, k: number): Float64Array<ArrayBuffer> {
  const n = rows.length / k;
  const out = new Float64Array(n * k);
  addProduct({ data: out, offset: 0, rowStride: k }, view(rows, k), view(h, k), { m: n, n: k, k });
  return out;
}

/** The sum over all weight rows. */
export function proxyError(weight: Float32Array, restored: Float32Array, gram: Float64Array, k: number): number {
  return proxyErrors(weight, restored, gram, k).reduce((sum, value) => sum + value, 0);
}
