/**
 * Refines weights that already lie on the grid: for every row, as long as it helps, the one code is moved by one step that lowers
 *   e H e^T - 2 p e^T,   e = w^ - w,
 * most (greedy coordinate descent). p = 0 keeps the float layer on the quantized input as the aim; p = W sum (x - x^) x^^T aims at the float layer on float
 * inputs. Unlike in ERQ a code may move past the float weight's two neighbours, to make up for others.
 */
import { addProduct } from "../linear-algebra/multiply.ts";
import { transposedView, view } from "../linear-algebra/matrix.ts";
import { gridOf, type Grid } from "./grid.ts";
import { difference, timesSymmetric } from "./proxy.ts";
import type { LayerProblem } from "./solver.ts";

export interface FlipOptions {
  /** Steps per weight row at most. */
  readonly flips: number;
  /** Share of the input error that is aimed at, as alpha of GPTAQ; 0 needs no sums with it. */
  readonly alpha: number;
}

export const FLIP_DEFAULTS: FlipOptions = { flips: 1000, alpha: 0 };

export interface Flipped {
  /** [N,K] on the grid. */
  readonly weight: Float32Array<ArrayBuffer>;
  /** Steps taken, over all rows. */
  readonly flips: number;
}

/** Gains below this share of s^2 H_jj are rounding of the grid's float32 values; two codes could take turns for ever. */
const SMALLEST_GAIN = 1e-6;

/** start: [N,K], on the grid of the problem's quantizer; the problem's weight is the float one. */
export function flipRoundings(problem: LayerProblem, start: Float32Array, options: Partial<FlipOptions> = {}): Flipped {
  const { flips, alpha } = { ...FLIP_DEFAULTS, ...options };
  const { weight, shape, quantizer, inputs } = problem;
  const [n, k] = shape;
  const grid = gridOf(quantizer, n * k);
  const out = Float32Array.from(start);
  const gradients = timesSymmetric(difference(start, weight), inputs.gram, k);
  if (alpha !== 0) subtractAim(gradients, problem, alpha);
  let taken = 0;
  for (let row = 0; row < n; row++)
    taken += flipRow({ out, gram: inputs.gram, grid, k, at: row * k }, gradients.subarray(row * k, (row + 1) * k), flips);
  return { weight: out, flips: taken };
}

/** gradients -= alpha W D */
function subtractAim(gradients: Float64Array, { weight, shape: [n, k], inputs }: LayerProblem, alpha: number): void {
  if (!inputs.error) throw new Error("internal: aiming at float inputs needs the sums with the input error");
  const aimed = Float32Array.from(weight, (w) => alpha * w);
  const target = { data: gradients, offset: 0, rowStride: k };
  addProduct(target, view(aimed, k), transposedView(inputs.error.gram, k), { m: n, n: k, k }, -1);
}

interface Row {
  readonly out: Float32Array;
  readonly gram: Float64Array;
  readonly grid: Grid;
  readonly k: number;
  /** Index of the row's first weight. */
  readonly at: number;
}

/** gradient: [K], of half the objective; kept up to date. Returns the steps taken. */
function flipRow({ out, gram, grid, k, at }: Row, gradient: Float64Array, limit: number): number {
  const codes = Int32Array.from({ length: k }, (_, j) => grid.code(out[at + j], at + j));
  const steps = Float64Array.from({ length: k }, (_, j) => grid.step(at + j));
  const diagonal = Float64Array.from({ length: k }, (_, j) => gram[j * k + j]);
  for (let taken = 0; taken < limit; taken++) {
    let best = -1;
    let largest = 0;
    for (let j = 0; j < k; j++) {
      // Moving against the gradient by one step s changes the objective by s (s H_jj - 2 |g_j|).
      const gain = steps[j] * (2 * Math.abs(gradient[j]) - steps[j] * diagonal[j]);
      if (gain <= largest || gain <= SMALLEST_GAIN * steps[j] * steps[j] * diagonal[j]) continue;
      const moved = gradient[j] > 0 ? codes[j] - 1 : codes[j] + 1;
      if (moved < 0 || moved > grid.lastCode) continue;
      best = j;
      largest = gain;
    }
    if (best < 0) return taken;
    codes[best] += gradient[best] > 0 ? -1 : 1;
    const value = grid.value(codes[best], at + best);
    const change = value - out[at + best];
    out[at + best] = value;
    for (let j = 0; j < k; j++) gradient[j] += change * gram[best * k + j];
  }
  return limit;
}
