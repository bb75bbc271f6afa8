/**
 * y[m,n] = sum_k x[m,k] weight[n,k] + bias[n], summed in f64, rounded to f32 once.
 * Both operands are copied to f64, so that the inner loop neither converts nor strides; four by two sums at a time keep it in registers.
 */
import type { Node } from "../graph/graph.ts";
import { tensor, type Tensor } from "../tensor/tensor.ts";

export function gemm(node: Node, [x]: readonly Tensor[]): Tensor {
  const { weight, bias } = node.weights;
  const [n, k] = weight.shape;
  const m = x.data.length / k;
  const out = new Float32Array(m * n);
  matmulTransposed(Float64Array.from(x.data), Float64Array.from(weight.data), m, n, k, (row, column, sum) => {
    out[row * n + column] = bias ? sum + bias.data[column] : sum;
  });
  return tensor([...x.shape.slice(0, -1), n], out);
}

/** store(row, column, sum_k a[row,k] b[column,k]) for a: [m,k], b: [n,k]. */
export function matmulTransposed(
  a: Float64Array,
  b: Float64Array,
  m: number,
  n: number,
  k: number,
  store: (row: number, column: number, sum: number) => void,
): void {
  const wholeRows = m - (m % 4);
  const wholeColumns = n - (n % 2);
  for (let row = 0; row < wholeRows; row += 4) {
    for (let column = 0; column < wholeColumns; column += 2) {
      let [s00, s01, s10, s11, s20, s21, s30, s31] = [0, 0, 0, 0, 0, 0, 0, 0];
      let a0 = row * k;
      let a1 = a0 + k;
      let a2 = a1 + k;
      let a3 = a2 + k;
      let b1 = (column + 1) * k;
      for (let b0 = column * k, end = b0 + k; b0 < end; b0++, b1++, a0++, a1++, a2++, a3++) {
        const left = b[b0];
        const right = b[b1];
        s00 += a[a0] * left;
        s01 += a[a0] * right;
        s10 += a[a1] * left;
        s11 += a[a1] * right;
        s20 += a[a2] * left;
        s21 += a[a2] * right;
        s30 += a[a3] * left;
        s31 += a[a3] * right;
      }
      store(row, column, s00);
      store(row, column + 1, s01);
      store(row + 1, column, s10);
      store(row + 1, column + 1, s11);
      store(row + 2, column, s20);
      store(row + 2, column + 1, s21);
      store(row + 3, column, s30);
      store(row + 3, column + 1, s31);
    }
  }
  for (let row = 0; row < m; row++) {
    for (let column = row < wholeRows ? wholeColumns : 0; column < n; column++) {
      let sum = 0;
      for (let i = 0; i < k; i++) sum += a[row * k + i] * b[column * k + i];
      store(row, column, sum);
    }
  }
}
