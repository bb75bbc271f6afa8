/**
 * Lets the bias make up for the mean error of any weight solver. With the best bias, b + mean(w x) - mean(w^ x^), only the inputs' deviations from their mean
 * are left to the weights, so the solver gets centred sums: sum (x - m)(x - m)^T = sum x x^T - count m m^T. Inputs far from zero mean (after GELU) gain most.
 */
import type { InputSums, WeightSolver } from "./solver.ts";

export function withBiasShift(solver: WeightSolver): WeightSolver {
  return {
    name: `${solver.name}-bias-shift`,
    label: `${solver.label}, mean error in the bias`,
    needs: solver.needs === "nothing" ? "gram" : solver.needs,
    solve(problem) {
      const { weight, shape, inputs } = problem;
      const [n, k] = shape;
      if (inputs.count === 0) return solver.solve(problem);
      const solution = solver.solve({ ...problem, inputs: centred(inputs) });
      // Solvers without the error sums aim at the float weights on quantized inputs, and so does their bias.
      const errorSum = solver.needs === "error" ? inputs.error?.sum : undefined;
      const bias = Float32Array.from({ length: n }, (_, row) => {
        let missing = 0;
        for (let i = 0; i < k; i++) {
          const index = row * k + i;
          missing += (weight[index] - solution.weight[index]) * inputs.sum[i] + weight[index] * (errorSum ? errorSum[i] : 0);
        }
        return (solution.bias ? solution.bias[row] : 0) + missing / inputs.count;
      });
      return { weight: solution.weight, bias };
    },
  };
}

/** The sums of deviations from the means. */
function centred({ count, gram, sum, error }: InputSums): InputSums {
  const k = sum.length;
  return {
    count,
    gram: withoutMeans(gram, sum, sum, count),
    sum: new Float64Array(k),
    ...(error ? { error: { gram: withoutMeans(error.gram, error.sum, sum, count), sum: new Float64Array(k) } } : {}),
  };
}

/** Deviations that are smaller than this share of the mean square are rounding: the channel is constant, its error all in the bias. */
const CONSTANT = 1e-10;

function withoutMeans(gram: Float64Array, left: Float64Array, right: Float64Array, count: number): Float64Array {
  const k = left.length;
  const out = new Float64Array(k * k);
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) out[i * k + j] = gram[i * k + j] - (left[i] * right[j]) / count;
    if (Math.abs(out[i * k + i]) <= CONSTANT * Math.abs(gram[i * k + i])) out[i * k + i] = 0;
  }
  return out;
}
