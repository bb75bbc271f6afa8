/** Short forms for the nodes of a model under construction. */
import type { Attributes, Node } from "../graph/graph.ts";
import type { OpName } from "../graph/ops.ts";
import type { Weights } from "../graph/quantizer.ts";
import { quantizersOf, withoutQuantizers } from "./stored-weight.ts";

export function node(name: string, op: OpName, inputs: readonly string[], attributes: Attributes = {}, weights: Weights = {}): Node {
  return { name, op, inputs, attributes, weights };
}

/** With the quantizers of a weight that was stored as codes. */
export function gemm(name: string, input: string, weights: Weights): Node {
  const quantizers = quantizersOf(weights.weight);
  if (Object.keys(quantizers).length === 0) return node(name, "Gemm", [input], {}, weights);
  return { ...node(name, "Gemm", [input], {}, { ...weights, weight: withoutQuantizers(weights.weight) }), quantizers };
}
