import { INPUT, type Graph } from "../graph/graph.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { runNode, type Reference } from "./index.ts";

export interface GraphRun {
  /** The last node's value, [B, ...]. */
  readonly output: Tensor;
  /** The values asked for, by name. */
  readonly taps: Readonly<Record<string, Tensor>>;
}

/** Runs images [B,C,H,W] through a graph, node by node; a value is dropped after its last reader. */
export function runGraph(graph: Graph, images: Tensor, taps: readonly string[] = [], run: Reference = runNode): GraphRun {
  const lastReader = lastReaders(graph);
  const wanted = new Set(taps);
  const values = new Map<string, Tensor>([[INPUT, images]]);
  const kept: Record<string, Tensor> = {};
  let output = images;
  graph.nodes.forEach((node, index) => {
    const value = run(node, inputsOf(node.name, node.inputs, values));
    values.set(node.name, value);
    if (wanted.has(node.name)) kept[node.name] = value;
    output = value;
    for (const input of node.inputs) if (lastReader.get(input) === index) values.delete(input);
  });
  return { output, taps: kept };
}

/** Index of the last node that reads each value. */
export function lastReaders(graph: Graph): Map<string, number> {
  return new Map(graph.nodes.flatMap((node, index) => node.inputs.map((input) => [input, index] as const)));
}

function inputsOf(reader: string, names: readonly string[], values: ReadonlyMap<string, Tensor>): Tensor[] {
  return names.map((name) => {
    const value = values.get(name);
    if (!value) throw new Error(`internal: ${reader} reads ${name}, which is not there`);
    return value;
  });
}
