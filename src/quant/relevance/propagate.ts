/** The backward walk: from the relevance of the output to that of every value, node by node in reverse order. */
import { INPUT, outputName, type Graph } from "../../graph/graph.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { relevanceRules } from "./index.ts";
import type { Relevance } from "./rule.ts";
import { joinReaders } from "./sums.ts";

/**
 * `values`: every value of one image by name, [1,...], `pixels` included. `visit` sees each value's relevance once, all readers joined, the output
 * first and `pixels` last; none is kept, since attention maps of all layers together are large.
 */
export async function propagateRelevance(
  graph: Graph,
  values: ReadonlyMap<string, Tensor>,
  outputRelevance: Relevance,
  visit: (name: string, relevance: Relevance) => void | Promise<void>,
): Promise<void> {
  const parts = new Map<string, readonly Relevance[]>([[outputName(graph), [outputRelevance]]]);
  const take = (name: string): Relevance | null => {
    const found = parts.get(name);
    parts.delete(name);
    return found ? joinReaders(valueOf(values, name).data, found) : null;
  };
  for (const node of graph.nodes.toReversed()) {
    const relevance = take(node.name);
    if (!relevance) continue; // nothing that the output depends on reads it
    await visit(node.name, relevance);
    const inputs = node.inputs.map((name) => valueOf(values, name));
    const ofInputs = relevanceRules[node.op](node, inputs, relevance);
    node.inputs.forEach((name, i) => parts.set(name, [...(parts.get(name) ?? []), ofInputs[i]]));
  }
  const ofPixels = take(INPUT);
  if (ofPixels) await visit(INPUT, ofPixels);
}

function valueOf(values: ReadonlyMap<string, Tensor>, name: string): Tensor {
  const value = values.get(name);
  if (!value) throw new Error(`internal: relevance needs the value ${name}`);
  return value;
}
