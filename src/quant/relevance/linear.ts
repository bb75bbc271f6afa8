/**
 * The alpha = 1, beta = 0 rule of a linear layer: only products x w > 0 carry relevance, the bias carries none.
 *   Z = x+ W+^T + x- W-^T,   S = R / Z,   R_in = x+ (S W+) + x- (S W-)
 * Both matrix products run over the parts side by side, [x+, x-] and [W+, W-].
 */
import { matmulTransposed } from "../../reference/gemm.ts";
import { safeDivide, type RelevanceRule } from "./rule.ts";

export const linearRule: RelevanceRule = ({ weights: { weight } }, [x], relevance) => {
  const [n, k] = weight.shape;
  const m = x.data.length / k;
  const shares = new Float64Array(m * n); // S: [m,n]
  matmulTransposed(signParts(x.data, m, k), signParts(weight.data, n, k), m, n, 2 * k, (row, column, z) => {
    shares[row * n + column] = safeDivide(relevance[row * n + column], z);
  });
  const out = new Float64Array(m * k);
  matmulTransposed(shares, signPartsTransposed(weight.data, n, k), m, 2 * k, n, (row, column, share) => {
    const isPositivePart = column < k;
    const at = row * k + (isPositivePart ? column : column - k);
    const value = x.data[at];
    if (value > 0 === isPositivePart) out[at] = value * share;
  });
  return [out];
};

/** [rows,k] -> [rows,2k]: positive parts, then negative parts. */
function signParts(values: Float32Array, rows: number, k: number): Float64Array {
  const parts = new Float64Array(rows * 2 * k);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < k; i++) {
      const value = values[row * k + i];
      parts[row * 2 * k + (value > 0 ? i : k + i)] = value;
    }
  }
  return parts;
}

/** [rows,k] -> [2k,rows]. */
function signPartsTransposed(values: Float32Array, rows: number, k: number): Float64Array {
  const parts = new Float64Array(rows * 2 * k);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < k; i++) {
      const value = values[row * k + i];
      parts[(value > 0 ? i : k + i) * rows + row] = value;
    }
  }
  return parts;
}
