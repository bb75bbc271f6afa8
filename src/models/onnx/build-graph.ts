/** The graph of a traced ONNX network: nodes in order and named, and, when it is built, weights and quantizers read. */
import { makeGraph, type Graph, type Node } from "../../graph/graph.ts";
import type { Shape, Tensor } from "../../tensor/tensor.ts";
import { throwIfCancelled, type Job } from "../../tensor/progress.ts";
import { refuseNotFinite } from "../weight-reader.ts";
import { nameNodes } from "./name-nodes.ts";
import type { Pending } from "./value.ts";

export interface NamedNode {
  readonly name: string;
  readonly node: Pending;
}

/** Every node that the output needs, in order of execution. */
export function orderNodes(output: Pending): NamedNode[] {
  const found = new Set<Pending>([output]);
  // A set is walked in the order in which it grows.
  for (const node of found) for (const input of node.inputs) if (typeof input !== "string") found.add(input);
  const nodes = [...found].sort((a, b) => a.id - b.id);
  const names = nameNodes(nodes);
  return nodes.map((node) => ({ name: names.get(node) ?? "", node }));
}

export function buildGraph(name: string, inputShape: Shape, nodes: readonly NamedNode[], job?: Job): Graph {
  const names = new Map(nodes.map(({ node, name: nodeName }) => [node, nodeName]));
  return makeGraph(
    name,
    inputShape,
    nodes.map(({ name: nodeName, node }, done) => {
      throwIfCancelled(job);
      job?.onProgress?.({ stage: `reading ${nodeName}`, done, total: nodes.length });
      return finish(nodeName, node, names);
    }),
  );
}

function finish(name: string, { op, inputs, attributes, weights, quantizers }: Pending, names: ReadonlyMap<Pending, string>): Node {
  const read: Record<string, Tensor> = {};
  for (const [key, make] of Object.entries(weights)) {
    read[key] = make();
    refuseNotFinite(`${name}.${key}`, read[key].data);
  }
  const found = quantizers();
  const node = {
    name,
    op,
    inputs: inputs.map((input) => (typeof input === "string" ? input : (names.get(input) ?? ""))),
    attributes,
    weights: read,
  };
  return Object.keys(found).length > 0 ? { ...node, quantizers: found } : node;
}
