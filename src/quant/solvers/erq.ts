/**
 * Weight quantization error reduction of ERQ (Zhong et al., ICML 2024 and TPAMI 2025; ptq-wide 1.3.9 stage W). Until none is left: the first half of the columns
 * that are still float is rounded; the rounding is refined by flips on the proxy d E d^T; ridge regression carries the error over to the other half,
 *   delta_2 = -(X_2^T X_2 + lambda I)^-1 X_2^T X_1 d_1.
 * The bias is the last column, is never rounded and takes its share. The Gram matrix serves as E = mu mu^T + Cov, from which it differs by the factor `count`.
 */
import { transposedView, view } from "../linear-algebra/matrix.ts";
import { addProduct } from "../linear-algebra/multiply.ts";
import { solveFactored, solveLower } from "../linear-algebra/triangular.ts";
import { augmentedGram, augmentedWeight } from "./augmented.ts";
import { gridOf, type Grid } from "./grid.ts";
import { ridgeFactor } from "./ridge-factor.ts";
import { ERQ_LAMBDA_PER_ROW } from "./ridge.ts";
import type { LayerProblem, LayerSolution, WeightSolver } from "./solver.ts";

export interface ErqOptions {
  readonly lambdaPerRow: number;
  /** Flips per weight row and half. */
  readonly flips: number;
  /**
   * What a flip must lower. own: the error of the rounded half by itself, as published. remaining: what the ridge regression will leave of it (our addition),
   * the Schur complement E_11 - E_12 (E_22 + lambda I)^-1 E_21 in place of E_11: of strongly correlated channels `own` judges errors that would vanish anyway.
   */
  readonly metric: "own" | "remaining";
}

export const ERQ_DEFAULTS: ErqOptions = { lambdaPerRow: ERQ_LAMBDA_PER_ROW, flips: 100, metric: "own" };

export function createErq(options: Partial<ErqOptions> = {}): WeightSolver {
  return {
    name: "erq",
    label: "ERQ rounding and ridge",
    needs: "gram",
    solve: (problem) => solve(problem, { ...ERQ_DEFAULTS, ...options }),
  };
}

export const erq = createErq();

function solve({ weight, bias, shape, quantizer, inputs }: LayerProblem, { lambdaPerRow, flips, metric }: ErqOptions): LayerSolution {
  const [n, k] = shape;
  const width = k + 1;
  const gram = augmentedGram(inputs);
  const current = augmentedWeight(weight, bias, k);
  const out = new Float32Array(n * k);
  const grid = gridOf(quantizer, n * k);
  for (let start = 0; start < k;) {
    const end = start + Math.max(1, (width - start) >> 1);
    const half: Half = { n, k, start, end, gram, grid, current, out };
    const rest = factorRest(half, lambdaPerRow * inputs.count);
    carryOver(half, roundHalf(half, metric === "own" ? ownMetric(half) : remainingMetric(half, rest), flips), rest);
    start = end;
  }
  return { weight: out, bias: Float32Array.from({ length: n }, (_, row) => current[row * width + k]) };
}

/** Columns [start,end) in work. */
interface Half {
  readonly n: number;
  readonly k: number;
  readonly start: number;
  readonly end: number;
  /** [K+1,K+1] */
  readonly gram: Float64Array;
  readonly grid: Grid;
  /** [N,K+1], updated. */
  readonly current: Float64Array;
  /** [N,K] */
  readonly out: Float32Array;
}

/** [size,size]: the block of the Gram matrix. */
function ownMetric({ k, start, end, gram }: Half): Float64Array {
  const size = end - start;
  const block = new Float64Array(size * size);
  for (let i = 0; i < size; i++) block.set(gram.subarray((start + i) * (k + 1) + start, (start + i) * (k + 1) + end), i * size);
  return block;
}

/** [size,size]: Schur complement, from the factor of the columns after the half. With E_22 + lambda I = L L^T it is E_11 - Z Z^T, Z = E_12 L^-T. */
function remainingMetric(half: Half, factor: Float64Array): Float64Array {
  const { k, start, end, gram } = half;
  const [size, rest] = [end - start, k + 1 - end];
  const metric = ownMetric(half);
  const cross = new Float64Array(size * rest);
  for (let i = 0; i < size; i++) cross.set(gram.subarray((start + i) * (k + 1) + end, (start + i + 1) * (k + 1)), i * rest);
  solveLower(factor, rest, cross, size);
  const rows = view(cross, rest);
  addProduct({ data: metric, offset: 0, rowStride: size }, rows, rows, { m: size, n: size, k: rest }, -1);
  return metric;
}

/** Writes the rounded columns; returns their errors, rounded - current: [N, end - start]. */
function roundHalf({ n, k, start, end, grid, current, out }: Half, metric: Float64Array, flips: number): Float64Array {
  const size = end - start;
  const codes = new Int32Array(n * size);
  const errors = new Float64Array(n * size);
  for (let row = 0; row < n; row++) {
    for (let j = 0; j < size; j++) {
      const index = row * k + start + j;
      const w = current[row * (k + 1) + start + j];
      codes[row * size + j] = grid.code(w, index);
      errors[row * size + j] = grid.value(codes[row * size + j], index) - w;
    }
  }
  const gradients = new Float64Array(n * size);
  addProduct({ data: gradients, offset: 0, rowStride: size }, view(errors, size), view(metric, size), { m: n, n: size, k: size });
  for (let row = 0; row < n; row++) {
    const at = row * size;
    for (let flip = 0; flip < flips; flip++) {
      const j = steepestFlip(codes, errors, gradients, grid, at, size, row * k + start);
      if (j < 0) break;
      const index = row * k + start + j;
      const code = codes[at + j] - Math.sign(errors[at + j]);
      const w = current[row * (k + 1) + start + j];
      const error = grid.value(code, index) - w;
      const change = error - errors[at + j];
      if (change * (2 * gradients[at + j] + change * metric[j * size + j]) >= 0) break;
      codes[at + j] = code;
      errors[at + j] = error;
      for (let i = 0; i < size; i++) gradients[at + i] += change * metric[j * size + i];
    }
    for (let j = 0; j < size; j++) out[row * k + start + j] = grid.value(codes[at + j], row * k + start + j);
  }
  return errors;
}

/** The entry with the largest gradient among those rounded to the wrong side by its sign, whose other neighbour is on the grid; -1 for none. */
function steepestFlip(
  codes: Int32Array,
  errors: Float64Array,
  gradients: Float64Array,
  grid: Grid,
  at: number,
  size: number,
  index: number,
): number {
  let best = -1;
  let steepest = 0;
  for (let j = 0; j < size; j++) {
    const gradient = gradients[at + j];
    const error = errors[at + j];
    if (gradient * error <= 0 || Math.abs(gradient) <= steepest) continue;
    const other = codes[at + j] - Math.sign(error);
    // Clipped weights have no neighbour on their far side, and more than a step to the near one.
    if (other < 0 || other > grid.lastCode || Math.abs(error) > grid.step(index + j)) continue;
    best = j;
    steepest = Math.abs(gradient);
  }
  return best;
}

/** L of the Gram matrix of columns from `end` on, the bias among them, with lambda on its diagonal. */
function factorRest({ k, end, gram }: Half, lambda: number): Float64Array {
  const width = k + 1;
  const rest = width - end;
  const block = new Float64Array(rest * rest);
  for (let i = 0; i < rest; i++) block.set(gram.subarray((end + i) * width + end, (end + i + 1) * width), i * rest);
  return ridgeFactor(block, rest, lambda);
}

/** Ridge regression of the error on the columns from `end` on. errors: [N, end - start]; factor: of those columns. */
function carryOver({ n, k, start, end, gram, current }: Half, errors: Float64Array, factor: Float64Array): void {
  const width = k + 1;
  const size = end - start;
  const rest = width - end;
  const change = new Float64Array(n * rest);
  const target = { data: change, offset: 0, rowStride: rest };
  addProduct(target, view(errors, size), transposedView(gram, width, start, end), { m: n, n: rest, k: size });
  solveFactored(factor, rest, change, n);
  for (let row = 0; row < n; row++) {
    for (let i = 0; i < rest; i++) current[row * width + end + i] -= change[row * rest + i];
  }
}
