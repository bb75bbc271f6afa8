/**
 * QwT (Fu et al., CVPR 2025): a linear layer beside a quantized block that adds back what can be predicted of its error from its input,
 *   residual = float output - quantized output ~ x V^T + v,   by least squares with a small ridge on centred sums.
 */
import { factorDamped } from "../linear-algebra/damping.ts";
import { addRows, createCrossGram, createGram } from "../linear-algebra/gram.ts";
import { solveFactored } from "../linear-algebra/triangular.ts";
import { timesSymmetric } from "./proxy.ts";

export interface LinearCompensation {
  /** [N,K]: V, laid out as a layer's weight. */
  readonly weight: Float32Array<ArrayBuffer>;
  /** [N]: v. */
  readonly bias: Float32Array<ArrayBuffer>;
  /** Share of the residual's variance that is predicted, on the rows it was fitted to. */
  readonly r2: number;
  /** r2 corrected for the K + 1 coefficients fitted per output: 0 or less says that as much would have come out of noise. -Infinity with too few rows. */
  readonly adjustedR2: number;
}

export interface LinearCompensationCollector {
  /** x: [R,K], the block's input on the quantized path; residual: [R,N]. */
  add(x: Float32Array, residual: Float32Array): void;
  /** ridge: added to the diagonal of the centred Gram matrix, in units of its mean. */
  fit(ridge?: number): LinearCompensation;
}

/** Channels whose variance is below this share of their mean square are constant and left to v. */
const CONSTANT = 1e-10;

export function createLinearCompensation(k: number, n: number): LinearCompensationCollector {
  const grams = createGram(k);
  const cross = createCrossGram(k, n);
  const residualSum = new Float64Array(n);
  let squares = 0;
  return {
    add(x, residual) {
      grams.add(x);
      cross.add(x, residual);
      addRows(residualSum, residual, n);
      for (const value of residual) squares += value * value;
    },
    fit(ridge = 1e-4) {
      const { count, gram, sum } = grams.total();
      if (count === 0) return { weight: new Float32Array(n * k), bias: new Float32Array(n), r2: 0, adjustedR2: Number.NEGATIVE_INFINITY };
      const inputs = centredGram(gram, sum, count);
      const right = centredCross(cross.total().gram, sum, residualSum, count, inputs);
      const solved = right.slice();
      solveFactored(factorDamped(inputs, k, ridge).factor, k, solved, n);

      const weight = Float32Array.from(solved);
      const bias = new Float32Array(n);
      const predicted = timesSymmetric(Float64Array.from(weight), inputs, k);
      let total = squares;
      let left = 0;
      for (let row = 0; row < n; row++) {
        total -= residualSum[row] ** 2 / count;
        let mean = residualSum[row];
        for (let i = row * k; i < (row + 1) * k; i++) {
          mean -= weight[i] * sum[i - row * k];
          left += weight[i] * (predicted[i] - 2 * right[i]);
        }
        bias[row] = mean / count;
      }
      const r2 = total > 0 ? -left / total : 0;
      const adjustedR2 = count > k + 1 ? 1 - ((1 - r2) * (count - 1)) / (count - k - 1) : Number.NEGATIVE_INFINITY;
      return { weight, bias, r2, adjustedR2 };
    },
  };
}

/** sum of (x - mean)(x - mean)^T: [K,K], constant channels exactly zero on the diagonal. */
function centredGram(gram: Float64Array, sum: Float64Array, count: number): Float64Array {
  const k = sum.length;
  const out = new Float64Array(k * k);
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) out[i * k + j] = gram[i * k + j] - (sum[i] * sum[j]) / count;
    if (!(out[i * k + i] > CONSTANT * gram[i * k + i])) out[i * k + i] = 0;
  }
  return out;
}

/** sum of (r - mean)(x - mean)^T: [N,K], zero in constant channels. cross: [K,N] */
function centredCross(
  cross: Float64Array,
  sum: Float64Array,
  residualSum: Float64Array,
  count: number,
  inputs: Float64Array,
): Float64Array {
  const k = sum.length;
  const n = residualSum.length;
  const out = new Float64Array(n * k);
  for (let row = 0; row < n; row++) {
    for (let i = 0; i < k; i++) {
      if (inputs[i * k + i] > 0) out[row * k + i] = cross[i * n + row] - (residualSum[row] * sum[i]) / count;
    }
  }
  return out;
}
