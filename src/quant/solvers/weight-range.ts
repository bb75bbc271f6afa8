/**
 * One scale per weight row, chosen by the error of the layer's output instead of the weights' own: (w^ - w) H (w^ - w)^T with H the Gram matrix of the inputs.
 * Candidates shrink the row's range [lowest, highest] by common factors or cut it at percentiles. All are ranked with the diagonal of H, which is K instead of
 * K^2 products each; the best few and the whole range are then compared with all of H.
 */
import type { Levels, Quantizer } from "../../graph/quantizer.ts";
import { tensor } from "../../tensor/tensor.ts";
import { quantiles } from "../observers/quantile.ts";
import type { Range, Scheme } from "../schemes/scheme.ts";
import { difference, quadraticForms } from "./proxy.ts";

export interface WeightRangeProblem {
  /** [N,K] */
  readonly weight: Float32Array<ArrayBuffer>;
  readonly shape: readonly [n: number, k: number];
  /** [K,K] */
  readonly gram: Float64Array;
  readonly scheme: Scheme;
  readonly bits: number;
  readonly levels: Levels;
}

export interface WeightRangeOptions {
  /** Parts of the whole range. */
  readonly factors: readonly number[];
  /** p cuts at the quantiles 1 - p and p. */
  readonly percentiles: readonly number[];
  /** Candidates per row that are compared with all of H. */
  readonly finalists: number;
}

export const WEIGHT_RANGE_DEFAULTS: WeightRangeOptions = {
  factors: Array.from({ length: 24 }, (_, i) => 1 - 0.025 * i),
  percentiles: [],
  finalists: 4,
};

export interface WeightRanges {
  /** axis 0, one entry per row. */
  readonly quantizer: Quantizer;
  /** [N]: proxy error of the row, rounded to nearest. */
  readonly errors: Float64Array<ArrayBuffer>;
}

/** Rows whose finalists are multiplied by H at a time. */
const ROWS = 64;

export function searchWeightRanges(problem: WeightRangeProblem, options: Partial<WeightRangeOptions> = {}): WeightRanges {
  const used = { ...WEIGHT_RANGE_DEFAULTS, ...options };
  const [n, k] = problem.shape;
  const chosen: RowQuantizer[] = [];
  const errors = new Float64Array(n);
  for (let start = 0; start < n; start += ROWS) {
    const finalists: Candidate[] = [];
    for (let row = start; row < Math.min(start + ROWS, n); row++) finalists.push(...rowFinalists(problem, used, row));
    const differences = new Float64Array(finalists.length * k);
    finalists.forEach(({ row, quantizer }, i) => differences.set(rowError(problem, row, quantizer), i * k));
    const exact = quadraticForms(differences, problem.gram, k);
    finalists.forEach(({ row, quantizer }, i) => {
      if (chosen[row] && !(exact[i] < errors[row])) return;
      chosen[row] = quantizer;
      errors[row] = exact[i];
    });
  }
  const { scheme, bits, levels } = problem;
  const scale = Float32Array.from(chosen, (quantizer) => quantizer.scale[0]);
  const zeroPoint = Float32Array.from(chosen, (quantizer) => quantizer.zeroPoint[0]);
  return { quantizer: { scheme: scheme.name, bits, levels, scale, zeroPoint, axis: 0 }, errors };
}

type RowQuantizer = Quantizer & { readonly axis: null };

interface Candidate {
  readonly row: number;
  readonly quantizer: RowQuantizer;
}

/** The whole range first: it wins ties. */
function rowFinalists(problem: WeightRangeProblem, { factors, percentiles, finalists }: WeightRangeOptions, row: number): Candidate[] {
  const { weight, shape, gram, scheme, bits, levels } = problem;
  const k = shape[1];
  const values = weight.subarray(row * k, (row + 1) * k);
  const cuts = quantiles(values, [0, 1, ...percentiles.map((p) => 1 - p), ...percentiles]);
  const [low, high] = cuts;
  const ranges: Range[] = [
    { low, high },
    ...factors.filter((factor) => factor !== 1).map((factor) => ({ low: low * factor, high: high * factor })),
    ...percentiles.map((_p, i) => ({ low: cuts[2 + i], high: cuts[2 + percentiles.length + i] })),
  ];
  const ranked = ranges.map((range, index) => {
    const fit = scheme.fit(range, bits);
    if (fit.zeroPoint === null) throw new Error(`internal: scheme ${scheme.name} has no zero point to search`);
    const quantizer: RowQuantizer = {
      scheme: scheme.name,
      bits,
      levels,
      scale: Float32Array.of(fit.scale),
      zeroPoint: Float32Array.of(fit.zeroPoint),
      axis: null,
    };
    const error = rowError(problem, row, quantizer);
    let score = 0;
    for (let i = 0; i < k; i++) score += error[i] * error[i] * gram[i * k + i];
    return { index, score, row, quantizer };
  });
  const [whole, ...others] = ranked;
  return [whole, ...others.sort((a, b) => a.score - b.score || a.index - b.index).slice(0, finalists)];
}

/** w^ - w of one row: [K]. */
function rowError({ weight, shape, scheme }: WeightRangeProblem, row: number, quantizer: Quantizer): Float64Array {
  const k = shape[1];
  const values = weight.subarray(row * k, (row + 1) * k);
  return difference(scheme.fakeQuantize(tensor([k], values), quantizer).data, values);
}
