/**
 * Integer LayerNorm and softmax of FQ-ViT (Lin et al., IJCAI 2022): nodes whose inputs were quantized for it get the attribute `arithmetic` and the steps that their
 * integer formulas need. What flows on past a LayerNorm is its quantized input: an Add that reads the same value gets the same quantizer.
 * A LayerNorm whose readers do not share one step keeps its float arithmetic on the quantized input.
 */
import { replaceNodes, type Graph, type Node } from "../../graph/graph.ts";
import { isCentred, stretchOf } from "../../graph/ops.ts";
import type { Quantizer } from "../../graph/quantizer.ts";
import { factorGrid } from "../schemes/power-of-two-factor.ts";
import type { Pass } from "./pass.ts";

export const integerArithmetic: Pass = {
  stage: "putting LayerNorm and softmax into integers",
  run(graph) {
    const changed = new Map<string, Node>();
    for (const node of graph.nodes) {
      const next = rewritten(graph, node);
      if (next !== node) changed.set(node.name, next);
    }
    return changed.size === 0 ? graph : replaceNodes(graph, changed);
  },
};

function rewritten(graph: Graph, node: Node): Node {
  const input = node.quantizers?.input;
  if (node.op === "LayerNormalization" && input && isCentred(node)) {
    const grid = factorGrid(input);
    const outputStep = commonStep(readersOf(graph, node.name));
    if (!grid || outputStep === null) return node;
    return { ...node, attributes: { ...node.attributes, arithmetic: "integer", inputStep: grid.step, outputStep } };
  }
  if (node.op === "Softmax" && input && stretchOf(node)) {
    // Its formula has no place for the stretch: the scores stay float.
    const { quantizers: _quantizers, ...plain } = node;
    return plain;
  }
  if (node.op === "Softmax" && input && readersOf(graph, node.name).every(takesPowersOfTwo)) {
    return { ...node, attributes: { ...node.attributes, arithmetic: "log-int", inputStep: input.scale[0] } };
  }
  if (node.op === "Add") {
    const norm = graph.nodes.find(({ op, inputs }) => op === "LayerNormalization" && inputs[0] === node.inputs[0]);
    const residual = norm?.quantizers?.input;
    if (residual) return { ...node, quantizers: { ...node.quantizers, input: residual } };
  }
  return node;
}

/** All readers of a value, seen through Gather. */
function readersOf(graph: Graph, name: string): readonly Node[] {
  return graph.nodes
    .filter(({ inputs }) => inputs.includes(name))
    .flatMap((node) => (node.op === "Gather" ? readersOf(graph, node.name) : [node]));
}

/** The step with which every reader quantizes its input, or null. */
function commonStep(readers: readonly Node[]): number | null {
  const inputs = readers.map(({ op, quantizers }) => (op === "Gemm" ? quantizers?.input : undefined));
  const [first] = inputs;
  const agree = (other: Quantizer | undefined) => other?.scale.length === 1 && other.scale[0] === first?.scale[0];
  return first && inputs.every(agree) ? first.scale[0] : null;
}

function takesPowersOfTwo({ quantizers }: Node): boolean {
  const quantizer = quantizers?.probabilities;
  return quantizer?.scheme === "log2" && quantizer.scale[0] === 1;
}
