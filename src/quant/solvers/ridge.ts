/**
 * Activation quantization error reduction of ERQ (Zhong et al., ICML 2024; ptq-wide 1.3.9 stage A): the float weights and the bias take up what can be
 * predicted of the layer's output error from the quantized input. With x~ = [x^, 1] the ridge regression on W (x - x^) is, from running sums only,
 *   delta = W [sum (x - x^) x~^T] (sum x~ x~^T + lambda I)^-1,   [W', b'] = [W, b] + delta.
 */
import { transposedView, view } from "../linear-algebra/matrix.ts";
import { addProduct } from "../linear-algebra/multiply.ts";
import { solveFactored } from "../linear-algebra/triangular.ts";
import { augmentedGram } from "./augmented.ts";
import { ridgeFactor } from "./ridge-factor.ts";
import type { InputSums } from "./solver.ts";

/** The published lambda of 1000 for 32 images of 197 tokens, per row: a sum's regularisation must grow with its rows. */
export const ERQ_LAMBDA_PER_ROW = 1000 / (32 * 197);

export interface RidgeProblem {
  /** [N,K], float. */
  readonly weight: Float32Array;
  /** [N]; null counts as zeros. */
  readonly bias: Float32Array | null;
  readonly inputs: InputSums;
  readonly lambda: number;
}

export interface RidgeUpdate {
  readonly weight: Float32Array<ArrayBuffer>;
  readonly bias: Float32Array<ArrayBuffer>;
}

export function ridgeUpdate({ weight, bias, inputs, lambda }: RidgeProblem): RidgeUpdate {
  const { error, sum } = inputs;
  if (!error) throw new Error("internal: the ridge update needs the sums with the input error");
  const k = sum.length;
  const n = weight.length / k;
  const width = k + 1;
  const delta = new Float64Array(n * width);
  const left = view(weight, k);
  addProduct({ data: delta, offset: 0, rowStride: width }, left, transposedView(error.gram, k), { m: n, n: k, k });
  addProduct({ data: delta, offset: k, rowStride: width }, left, view(error.sum, k), { m: n, n: 1, k });
  solveFactored(ridgeFactor(augmentedGram(inputs), width, lambda), width, delta, n);
  return {
    weight: Float32Array.from(weight, (w, i) => w + delta[Math.floor(i / k) * width + (i % k)]),
    bias: Float32Array.from({ length: n }, (_, row) => (bias ? bias[row] : 0) + delta[row * width + k]),
  };
}
