/** ERQ's activation quantization error reduction (stage A): float weights and bias make up for the predictable part of the input's error, before rounding. */
import { ERQ_LAMBDA_PER_ROW, ridgeUpdate } from "../solvers/ridge.ts";
import { layerSums } from "./layer-problem.ts";
import { withSolution } from "./solve-weights.ts";
import type { LayerStep } from "./step.ts";

export function correctInputError(lambdaPerRow = ERQ_LAMBDA_PER_ROW): LayerStep {
  return {
    stage: "correcting input errors by ridge regression",
    needsFloat: true,
    async run(layer, context) {
      const { node } = layer;
      if (node.op !== "Gemm" || !node.quantizers?.input) return layer;
      const inputs = await layerSums(layer, true, context);
      const { weight, bias } = node.weights;
      const update = ridgeUpdate({ weight: weight.data, bias: bias?.data ?? null, inputs, lambda: lambdaPerRow * inputs.count });
      return { ...layer, node: withSolution(node, update) };
    },
  };
}
