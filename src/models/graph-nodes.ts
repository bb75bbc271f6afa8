/** Short forms for the nodes of a model under construction. */
import type { Attributes, Node } from "../graph/graph.ts";
import type { OpName } from "../graph/ops.ts";
import type { Weights } from "../graph/quantizer.ts";

export function node(name: string, op: OpName, inputs: readonly string[], attributes: Attributes = {}, weights: Weights = {}): Node {
  return { name, op, inputs, attributes, weights };
}

export function gemm(name: string, input: string, weights: Weights): Node {
  return node(name, "Gemm", [input], {}, weights);
}
