/** Simulated quantization on the CPU: every quantized operand is rounded to its levels and the op runs in float. The oracle of every executor. */
import type { Graph, Node } from "../graph/graph.ts";
import { optionalSitesOf, sitesOf } from "../graph/ops.ts";
import { runNode } from "../reference/index.ts";
import { runGraph, type GraphRun } from "../reference/run-graph.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { schemeOf } from "./schemes/index.ts";
import { mapSite } from "./sites.ts";

/** The node and its inputs with every quantizer of the node applied. */
export function fakeQuantizeNode(node: Node, inputs: readonly Tensor[]): { node: Node; inputs: readonly Tensor[] } {
  let result = { node, inputs };
  for (const site of [...sitesOf(node.op), ...optionalSitesOf(node.op)]) {
    const quantizer = node.quantizers?.[site];
    if (quantizer) result = mapSite(result.node, result.inputs, site, (x) => schemeOf(quantizer).fakeQuantize(x, quantizer));
  }
  return result;
}

export function simulateNode(node: Node, inputs: readonly Tensor[]): Tensor {
  const quantized = fakeQuantizeNode(node, inputs);
  return runNode(quantized.node, quantized.inputs);
}

/** Runs images [B,C,H,W] through a quantized graph; nodes without quantizers run in float. Taps are outputs of nodes, before the next quantizer. */
export function simulateGraph(graph: Graph, images: Tensor, taps: readonly string[] = []): GraphRun {
  return runGraph(graph, images, taps, simulateNode);
}
