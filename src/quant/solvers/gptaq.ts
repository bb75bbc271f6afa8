/**
 * GPTAQ (Li et al., ICML 2025): GPTQ that aims at the float layer on float inputs, w x, instead of w x^. With U the upper factor of H^-1 = U^T U and
 * D = sum (x - x^) x^^T,   P = alpha striu(D U^T) U,   W[:, i:] += w_i P[i, i:] besides GPTQ's own update.
 * In reversed places (see sweep.ts) U is L^-1, so that P is two triangular solves: M L^T = D, then P L = tril(M, -1).
 */
import { solveLower, solveLowerTransposed } from "../linear-algebra/triangular.ts";
import type { WeightSolver } from "./solver.ts";
import { sweepColumns, type SweepOptions } from "./sweep.ts";

export interface GptaqOptions extends SweepOptions {
  /** Share of the input error that is made up for. */
  readonly alpha: number;
}

/** As in the authors' program for vision transformers: damping of ten percent, alpha 0.25. */
export const GPTAQ_DEFAULTS: GptaqOptions = { order: "diagonal", damping: 0.1, alpha: 0.25 };

export function createGptaq(options: Partial<GptaqOptions> = {}): WeightSolver {
  const used = { ...GPTAQ_DEFAULTS, ...options };
  return {
    name: "gptaq",
    label: "GPTAQ",
    needs: "error",
    solve(problem) {
      const { error } = problem.inputs;
      if (!error) throw new Error("internal: GPTAQ needs the sums with the input error");
      const weight = sweepColumns(problem, used, (factor, order) => asymmetryMatrix(error.gram, factor, order, used.alpha));
      return { weight, bias: problem.bias };
    },
  };
}

export const gptaq = createGptaq();

/** P in reversed places: [K,K], strictly lower triangular. errorGram: [K,K] by column; factor: L of the damped H by place. */
export function asymmetryMatrix(errorGram: Float64Array, factor: Float64Array, order: Uint32Array, alpha: number): Float64Array {
  const k = order.length;
  const p = new Float64Array(k * k);
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < i; j++) p[i * k + j] = alpha * errorGram[order[i] * k + order[j]];
  }
  solveLower(factor, k, p, k, true);
  solveLowerTransposed(factor, k, p, k, true);
  return p;
}
