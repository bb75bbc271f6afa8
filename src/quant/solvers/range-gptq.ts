/**
 * GPTQ that chooses each row's range by what GPTQ makes of it: every row is swept once for each of some shrunken ranges, its scale is then fitted by least
 * squares, s = (d H w^T) / (d H d^T) with d the row's codes minus the zero point, and the candidate with the least e H e^T, e = s d - w, stays. The
 * combination is ours.
 */
import type { Quantizer } from "../../graph/quantizer.ts";
import { tensor } from "../../tensor/tensor.ts";
import { schemeOf } from "../schemes/index.ts";
import { gridOf } from "./grid.ts";
import { timesSymmetric } from "./proxy.ts";
import type { LayerProblem, LayerSolution, WeightSolver } from "./solver.ts";
import { prepareSweep, sweepColumns, type PreparedSweep, type SweepOptions } from "./sweep.ts";

export interface RangeGptqOptions extends SweepOptions {
  /** Shares of the row's whole range that are tried. */
  readonly factors: readonly number[];
}

export const RANGE_GPTQ_DEFAULTS: RangeGptqOptions = {
  order: "diagonal",
  damping: 0.01,
  factors: [1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55],
};

/** Fitted scales further than this from the range's own say that the row is lost. */
const WIDEST_FIT = 3;
/** Candidate weights swept at a time: bounds memory to some tens of megabytes. */
const CANDIDATE_WEIGHTS = 2 ** 21;

export function createRangeGptq(options: Partial<RangeGptqOptions> = {}): WeightSolver {
  const used = { ...RANGE_GPTQ_DEFAULTS, ...options };
  return {
    name: "range-gptq",
    label: "GPTQ with searched ranges",
    needs: "gram",
    solve: (problem) => solve(problem, used),
  };
}

export const rangeGptq = createRangeGptq();

/** One entry per row is found, whatever granularity the problem's quantizer has. */
function solve(problem: LayerProblem, options: RangeGptqOptions): LayerSolution {
  const { weight, shape, quantizer, inputs } = problem;
  const [n, k] = shape;
  const prepared = prepareSweep(inputs.gram, k, options);
  // Above 4 bits a range far below the whole one never wins.
  const factors = quantizer.bits <= 4 ? options.factors : options.factors.filter((factor) => factor >= 0.8);
  const scale = new Float32Array(n);
  const zeroPoint = new Float32Array(n);
  const out = new Float32Array(n * k);
  const weightProduct = timesSymmetric(new Float64Array(weight), inputs.gram, k);
  const rowsAtOnce = Math.max(1, Math.floor(CANDIDATE_WEIGHTS / (k * factors.length)));
  for (let from = 0; from < n; from += rowsAtOnce) {
    const to = Math.min(n, from + rowsAtOnce);
    const part = { ...problem, weight: weight.slice(from * k, to * k), shape: [to - from, k] as const };
    bestOfRanges(part, weightProduct.subarray(from * k, to * k), options, factors, prepared).forEach((row, i) => {
      scale[from + i] = row.scale;
      zeroPoint[from + i] = row.zeroPoint;
      out.set(row.weight, (from + i) * k);
    });
  }
  const found: Quantizer = { ...quantizer, scale, zeroPoint, axis: 0 };
  return { weight: snapped(out, found, n, k), quantizer: found, bias: problem.bias };
}

interface Row {
  readonly scale: number;
  readonly zeroPoint: number;
  readonly weight: Float32Array;
}

function bestOfRanges(
  problem: LayerProblem,
  weightProduct: Float64Array,
  options: RangeGptqOptions,
  factors: readonly number[],
  prepared: PreparedSweep,
): Row[] {
  const { weight, shape, quantizer, inputs } = problem;
  const [n, k] = shape;
  const scheme = schemeOf(quantizer);
  const scales = new Float32Array(factors.length * n);
  const zeros = new Float32Array(factors.length * n);
  const repeated = new Float32Array(factors.length * n * k);
  factors.forEach((factor, f) => {
    repeated.set(weight, f * n * k);
    for (let row = 0; row < n; row++) {
      const values = weight.subarray(row * k, (row + 1) * k);
      const fit = scheme.fit({ low: Math.min(...values) * factor, high: Math.max(...values) * factor }, quantizer.bits);
      scales[f * n + row] = fit.scale;
      zeros[f * n + row] = fit.zeroPoint ?? 0;
    }
  });
  const stacked: LayerProblem = {
    ...problem,
    weight: repeated,
    shape: [factors.length * n, k],
    quantizer: { ...quantizer, scale: scales, zeroPoint: zeros, axis: 0 },
  };
  const swept = sweepColumns(stacked, options, undefined, prepared);
  const { scale, errors } = fitScales(weight, weightProduct, swept, scales, inputs.gram, k);
  return Array.from({ length: n }, (_, row) => {
    let best = row;
    for (let candidate = row; candidate < errors.length; candidate += n) if (errors[candidate] < errors[best]) best = candidate;
    const ratio = scale[best] / scales[best];
    return {
      scale: scale[best],
      zeroPoint: zeros[best],
      weight: swept.subarray(best * k, (best + 1) * k).map((value) => value * ratio),
    };
  });
}

/** Each row's least-squares scale, given its codes, and e H e^T with it. restored: on the grid of `before`, any number of times the rows of weight, whose product with H is known. */
function fitScales(
  weight: Float32Array,
  weightProduct: Float64Array,
  restored: Float32Array,
  before: Float32Array,
  gram: Float64Array,
  k: number,
): { scale: Float32Array<ArrayBuffer>; errors: Float64Array } {
  const rows = before.length;
  const product = timesSymmetric(new Float64Array(restored), gram, k);
  const scale = before.slice();
  const errors = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    let cross = 0;
    let square = 0;
    let own = 0;
    const from = (row * k) % weight.length;
    for (let i = row * k, j = from; j < from + k; i++, j++) {
      cross += product[i] * weight[j];
      square += product[i] * restored[i];
      own += weightProduct[j] * weight[j];
    }
    const ratio = square > 0 ? cross / square : 1;
    const used = ratio > 1 / WIDEST_FIT && ratio < WIDEST_FIT ? ratio : 1;
    scale[row] = Math.fround(before[row] * used);
    errors[row] = own - 2 * used * cross + used * used * square;
  }
  return { scale, errors };
}

/** Exactly on the quantizer's grid: rescaled values are within rounding of it. */
function snapped(values: Float32Array<ArrayBuffer>, quantizer: Quantizer, n: number, k: number): Float32Array<ArrayBuffer> {
  const grid = gridOf(quantizer, n * k);
  return tensor(
    [n, k],
    values.map((value, index) => grid.value(grid.code(value, index), index)),
  ).data;
}
