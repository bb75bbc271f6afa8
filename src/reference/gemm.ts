/**
 * y[m,n] = sum_k x[m,k] weight[n,k] + bias[n], summed in f64, rounded to f32 once.
 * Operands are copied to f64 and four rows interleaved, so that the inner loop neither converts nor strides; its four by two sums stay in
 * registers.
 */
import type { Node } from "../graph/graph.ts";
import { tensor, type Tensor } from "../tensor/tensor.ts";

const ROWS = 4;
const COLUMNS = 2;

export function gemm(node: Node, [x]: readonly Tensor[]): Tensor {
  const { weight, bias } = node.weights;
  const [n, k] = weight.shape;
  const m = x.data.length / k;
  const out = new Float32Array(m * n);
  matmulTransposed(x.data, Float64Array.from(weight.data), m, n, k, (row, column, sum) => {
    out[row * n + column] = bias ? sum + bias.data[column] : sum;
  });
  return tensor([...x.shape.slice(0, -1), n], out);
}

/** store(row, column, sum_k a[row,k] b[column,k]) for a: [m,k], b: [n,k]; every sum runs over k in order. */
export function matmulTransposed(
  a: Float32Array | Float64Array,
  b: Float64Array,
  m: number,
  n: number,
  k: number,
  store: (row: number, column: number, sum: number) => void,
): void {
  const wholeColumns = n - (n % COLUMNS);
  const panel = new Float64Array(ROWS * k);
  for (let row = 0; row < m; row += ROWS) {
    const rows = Math.min(ROWS, m - row);
    packRows(a, row, rows, k, panel);
    for (let column = 0; column < wholeColumns; column += COLUMNS) {
      let s00 = 0;
      let s01 = 0;
      let s10 = 0;
      let s11 = 0;
      let s20 = 0;
      let s21 = 0;
      let s30 = 0;
      let s31 = 0;
      let b0 = column * k;
      let b1 = b0 + k;
      for (let i = 0; i < panel.length; i += ROWS) {
        const left = b[b0++];
        const right = b[b1++];
        s00 += panel[i] * left;
        s01 += panel[i] * right;
        s10 += panel[i + 1] * left;
        s11 += panel[i + 1] * right;
        s20 += panel[i + 2] * left;
        s21 += panel[i + 2] * right;
        s30 += panel[i + 3] * left;
        s31 += panel[i + 3] * right;
      }
      store(row, column, s00);
      store(row, column + 1, s01);
      if (rows > 1) store(row + 1, column, s10);
      if (rows > 1) store(row + 1, column + 1, s11);
      if (rows > 2) store(row + 2, column, s20);
      if (rows > 2) store(row + 2, column + 1, s21);
      if (rows > 3) store(row + 3, column, s30);
      if (rows > 3) store(row + 3, column + 1, s31);
    }
    for (let column = wholeColumns; column < n; column++) {
      for (let r = 0; r < rows; r++) {
        let sum = 0;
        for (let i = 0; i < k; i++) sum += panel[i * ROWS + r] * b[column * k + i];
        store(row + r, column, sum);
      }
    }
  }
}

/** Rows row .. row + rows - 1 of a [m,k], interleaved: panel[i * ROWS + r] = a[row + r, i]; what is missing at the lower edge is zero. */
function packRows(a: Float32Array | Float64Array, row: number, rows: number, k: number, panel: Float64Array): void {
  if (rows < ROWS) panel.fill(0);
  for (let r = 0; r < rows; r++) {
    const start = (row + r) * k;
    for (let i = 0; i < k; i++) panel[i * ROWS + r] = a[start + i];
  }
}
