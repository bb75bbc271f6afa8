/** GPTQ (Frantar et al., ICLR 2023): column after column, the rest makes up for the error in the metric of the inputs' Gram matrix. */
import type { WeightSolver } from "./solver.ts";
import { sweepColumns, type SweepOptions } from "./sweep.ts";

/** The published damping of one percent; columns by falling diagonal ("act-order"), which costs nothing with fixed scales. */
export const GPTQ_DEFAULTS: SweepOptions = { order: "diagonal", damping: 0.01 };

export function createGptq(options: Partial<SweepOptions> = {}): WeightSolver {
  return {
    name: "gptq",
    label: "GPTQ",
    needs: "gram",
    solve: (problem) => ({ weight: sweepColumns(problem, { ...GPTQ_DEFAULTS, ...options }), bias: problem.bias }),
  };
}

export const gptq = createGptq();
