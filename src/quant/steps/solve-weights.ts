/** Rounds a layer's weights with a solver that looks at the layer's inputs: see quant/solvers. The range is the recipe's own rule for weights. */
import type { Node } from "../../graph/graph.ts";
import { tensor } from "../../tensor/tensor.ts";
import type { LayerSolution, WeightSolver } from "../solvers/solver.ts";
import { layerProblem } from "./layer-problem.ts";
import { acceptsOwnWeights } from "../rules/accepts.ts";
import type { LayerStep } from "./step.ts";

export function solveWeights(solver: WeightSolver): LayerStep {
  const withError = solver.needs === "error";
  return {
    stage: `rounding weights: ${solver.label}`,
    accepts: acceptsOwnWeights,
    needsFloat: withError,
    async run(layer, context) {
      if (layer.node.op !== "Gemm") return layer;
      const node = layer.node.quantizers?.weight ? layer.node : context.observe(layer.node, layer.inputs, "weight");
      if (!node.quantizers?.weight) return layer;
      return { ...layer, node: withSolution(node, solver.solve(await layerProblem({ ...layer, node }, withError, context))) };
    },
  };
}

/** The layer with other weights and bias of the same shapes. */
export function withSolution(node: Node, { weight, bias, quantizer }: LayerSolution): Node {
  const { shape } = node.weights.weight;
  const weights = { ...node.weights, weight: tensor(shape, weight), ...(bias ? { bias: tensor([shape[0]], bias) } : {}) };
  return quantizer ? { ...node, weights, quantizers: { ...node.quantizers, weight: quantizer } } : { ...node, weights };
}
