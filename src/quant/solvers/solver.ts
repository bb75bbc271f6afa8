/**
 * What turns float weights into weights on the grid of a given quantizer, for one layer y = x W^T + bias. Plain data in and out: a recipe names a solver,
 * the pass that calls it knows the graph. Adding one: a file, its test, a line in index.ts.
 */
import type { Quantizer } from "../../graph/quantizer.ts";

/** Running sums over the calibration rows of a layer's input: x as the float model has it, x^ as the quantized layer reads it. */
export interface InputSums {
  /** Rows (tokens of all images). */
  readonly count: number;
  /** [K,K]: sum of x^ x^^T. */
  readonly gram: Float64Array;
  /** [K]: sum of x^. */
  readonly sum: Float64Array;
  /** Present when the float inputs were collected too. */
  readonly error?: InputErrorSums;
}

/** Sums with the input error d = x - x^; collected as differences, because a difference of two Gram matrices would cancel. */
export interface InputErrorSums {
  /** [K,K]: sum of d x^^T, row index from d. */
  readonly gram: Float64Array;
  /** [K]: sum of d. */
  readonly sum: Float64Array;
}

export interface LayerProblem {
  /** [N,K] row-major. */
  readonly weight: Float32Array<ArrayBuffer>;
  /** [N]; null for a layer without one. */
  readonly bias: Float32Array<ArrayBuffer> | null;
  readonly shape: readonly [n: number, k: number];
  /** Scales and zero points are fixed: one entry, one per row, or several per row. */
  readonly quantizer: Quantizer;
  readonly inputs: InputSums;
}

export interface LayerSolution {
  /** [N,K], exactly on the grid: encoding gives the solver's codes, decoding them gives these numbers. */
  readonly weight: Float32Array<ArrayBuffer>;
  readonly bias: Float32Array<ArrayBuffer> | null;
  /** The grid, where the solver chose another than the problem's. */
  readonly quantizer?: Quantizer;
}

export interface WeightSolver {
  readonly name: string;
  readonly label: string;
  /** What the calibration must collect: nothing, the Gram matrix of x^, or that and the sums with the input error. */
  readonly needs: "nothing" | "gram" | "error";
  solve(problem: LayerProblem): LayerSolution;
}
