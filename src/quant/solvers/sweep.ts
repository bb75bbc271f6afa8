/**
 * One sweep over the columns of a weight matrix, quantizing each and letting the later ones make up for its error: GPTQ (Frantar et al., ICLR 2023) and its
 * asymmetric extension. With H = R R^T, R upper triangular over the columns in their order, the published update through the inverse Hessian,
 *   U = R^-1, e_i = (c_i - q_i) / U_ii, W[:, i:] -= e_i U[i, i:],
 * leaves column j at c_j = t_j + sum_{i<j} (t_i - q_i) R_ij / R_jj: the same numbers without inverting anything. t is the target, the float weight w itself
 * for GPTQ; the asymmetric P adds t_j = w_j + sum_{i<j} c_i P_ij.
 * Stored in reverse, R is a lower Cholesky factor L, so the sweep runs from the last place to the first; sums over earlier places are products of blocks.
 */
import { factorDamped } from "../linear-algebra/damping.ts";
import { transposedView, view } from "../linear-algebra/matrix.ts";
import { addProduct } from "../linear-algebra/multiply.ts";
import { gridOf, type Grid } from "./grid.ts";
import type { LayerProblem } from "./solver.ts";

const BLOCK = 64;

/** diagonal: columns with the largest diagonal entry of H first, as they cost most; natural: from left to right. */
export type ColumnOrder = "natural" | "diagonal";

export interface SweepOptions {
  readonly order: ColumnOrder;
  /** Added to the diagonal of H, in units of its mean. */
  readonly damping: number;
}

/** P: [K,K] for the columns in their places (strictly lower triangular, as L is), from the factor L and the order. */
export type Asymmetry = (factor: Float64Array, order: Uint32Array) => Float64Array;

/** What all rows share: the columns in their places and the factor of the damped H. */
export interface PreparedSweep {
  readonly order: Uint32Array;
  readonly factor: Float64Array;
}

export function prepareSweep(gram: Float64Array, k: number, options: SweepOptions): PreparedSweep {
  const order = columnOrder(gram, k, options.order);
  return { order, factor: factorDamped(gram, k, options.damping, order).factor };
}

/** Quantized weights [N,K]. */
export function sweepColumns(
  problem: LayerProblem,
  options: SweepOptions,
  asymmetry?: Asymmetry,
  prepared?: PreparedSweep,
): Float32Array<ArrayBuffer> {
  const { weight, shape, quantizer, inputs } = problem;
  const [n, k] = shape;
  const { order, factor } = prepared ?? prepareSweep(inputs.gram, k, options);
  const p = asymmetry?.(factor, order);
  const state: State = {
    n,
    k,
    order,
    factor,
    grid: gridOf(quantizer, weight.length),
    weight,
    out: new Float32Array(n * k),
    errors: new Float64Array(n * k),
    asymmetric: p ? { p, current: new Float64Array(n * k) } : null,
  };
  for (let start = (Math.ceil(k / BLOCK) - 1) * BLOCK; start >= 0; start -= BLOCK) sweepBlock(state, start, Math.min(start + BLOCK, k));
  return state.out;
}

/** Places of the columns; the sweep takes the last place first. Equal diagonals are taken from left to right. */
export function columnOrder(gram: Float64Array, k: number, order: ColumnOrder): Uint32Array {
  const columns = Uint32Array.from({ length: k }, (_, place) => k - 1 - place);
  return order === "natural" ? columns : columns.sort((a, b) => gram[a * k + a] - gram[b * k + b] || b - a);
}

interface State {
  readonly n: number;
  readonly k: number;
  readonly order: Uint32Array;
  readonly factor: Float64Array;
  readonly grid: Grid;
  readonly weight: Float32Array;
  readonly out: Float32Array<ArrayBuffer>;
  /** t - q by place. */
  readonly errors: Float64Array;
  /** P and c by place. */
  readonly asymmetric: { readonly p: Float64Array; readonly current: Float64Array } | null;
}

function sweepBlock({ n, k, order, factor, grid, weight, out, errors, asymmetric }: State, start: number, end: number): void {
  const width = end - start;
  const pushed = laterSums(errors, factor, n, k, start, end);
  const pulled = asymmetric ? laterSums(asymmetric.current, asymmetric.p, n, k, start, end) : null;
  for (let row = 0; row < n; row++) {
    const at = row * width - start;
    for (let j = end - 1; j >= start; j--) {
      const index = row * k + order[j];
      const target = pulled ? weight[index] + pulled[at + j] : weight[index];
      const current = target + pushed[at + j] / factor[j * k + j];
      const value = grid.value(grid.code(current, index), index);
      out[index] = value;
      const error = target - value;
      errors[row * k + j] = error;
      for (let i = start; i < j; i++) pushed[at + i] += error * factor[j * k + i];
      if (!asymmetric || !pulled) continue;
      asymmetric.current[row * k + j] = current;
      for (let i = start; i < j; i++) pulled[at + i] += current * asymmetric.p[j * k + i];
    }
  }
}

/** [N, end - start]: sum over places i >= end of x[:, i] lower[i, start..end). */
function laterSums(x: Float64Array, lower: Float64Array, n: number, k: number, start: number, end: number): Float64Array {
  const width = end - start;
  const sums = new Float64Array(n * width);
  const target = { data: sums, offset: 0, rowStride: width };
  addProduct(target, view(x, k, 0, end), transposedView(lower, k, end, start), { m: n, n: width, k: k - end });
  return sums;
}
