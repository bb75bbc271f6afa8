/** Running sums with the constant input 1 appended, so that the bias is one more weight: x~ = [x^, 1]. */
import type { InputSums } from "./solver.ts";

/** [K+1,K+1]: sum of x~ x~^T. */
export function augmentedGram({ gram, sum, count }: InputSums): Float64Array<ArrayBuffer> {
  const k = sum.length;
  const out = new Float64Array((k + 1) ** 2);
  for (let i = 0; i < k; i++) {
    out.set(gram.subarray(i * k, (i + 1) * k), i * (k + 1));
    out[i * (k + 1) + k] = sum[i];
  }
  out.set(sum, k * (k + 1));
  out[k * (k + 1) + k] = count;
  return out;
}

/** [N,K+1] in float64: the weights, then the bias (0 where there is none). */
export function augmentedWeight(weight: Float32Array, bias: Float32Array | null, k: number): Float64Array<ArrayBuffer> {
  const n = weight.length / k;
  const out = new Float64Array(n * (k + 1));
  for (let row = 0; row < n; row++) {
    out.set(weight.subarray(row * k, (row + 1) * k), row * (k + 1));
    out[row * (k + 1) + k] = bias ? bias[row] : 0;
  }
  return out;
}
