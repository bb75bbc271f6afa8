/** Ranges of weights by the error they leave in the layer's output, instead of in the weights: see solvers/weight-range. */
import { schemeOf } from "../schemes/index.ts";
import { searchWeightRanges, type WeightRangeOptions } from "../solvers/weight-range.ts";
import { layerProblem } from "./layer-problem.ts";
import { acceptsOwnWeights } from "../rules/accepts.ts";
import type { LayerStep } from "./step.ts";

export function searchWeightRange(options: Partial<WeightRangeOptions> = {}): LayerStep {
  return {
    stage: "searching weight ranges by output error",
    accepts: acceptsOwnWeights,
    async run(layer, context) {
      if (layer.node.op !== "Gemm") return layer;
      const node = context.observe(layer.node, layer.inputs, "weight");
      const first = node.quantizers?.weight;
      if (!first) return layer;
      const { weight, shape, inputs } = await layerProblem({ ...layer, node }, false, context);
      const problem = { weight, shape, gram: inputs.gram, scheme: schemeOf(first), bits: first.bits, levels: first.levels };
      const { quantizer } = searchWeightRanges(problem, options);
      return { ...layer, node: { ...node, quantizers: { ...node.quantizers, weight: quantizer } } };
    },
  };
}
