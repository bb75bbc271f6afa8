/**
 * Runs of a quantized graph in which only some nodes are quantized and all others are float. What lies before the first of them is float in every run,
 * so it is computed once, as runs with ever later nodes are asked for; asking for an earlier one starts over.
 */
import { INPUT, type Node } from "../../graph/graph.ts";
import { lastReaders } from "../../reference/run-graph.ts";
import { throwIfCancelled } from "../../tensor/progress.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { LayerBits } from "../bits.ts";
import type { FloatModel } from "../recipes/recipe.ts";
import { fakeQuantizeNode } from "../simulate.ts";

/** The last value with the operands that `assignment` names quantized as they are in the graph; their bits there are not looked at. */
export type PartialRuns = (assignment: LayerBits) => Promise<Tensor>;

/** Holds the values that are still read where the last run began; images: [B,C,H,W]. */
export function createPartialRuns({ graph, images, runNode, job }: FloatModel): PartialRuns {
  const lastReader = lastReaders(graph);
  let position = 0;
  let alive = new Map([[INPUT, images]]);

  /** Runs nodes [from, to) on `values`, dropping what nobody reads any more, and gives the last one's value. */
  async function advance(values: Map<string, Tensor>, from: number, to: number, assignment: LayerBits): Promise<Tensor> {
    let output = images;
    for (let index = from; index < to; index++) {
      throwIfCancelled(job);
      const node = graph.nodes[index];
      const inputs = node.inputs.map((name) => valueOf(values, name));
      const executed = fakeQuantizeNode(withOperands(node, assignment[node.name] ?? {}), inputs);
      output = await runNode(executed.node, executed.inputs);
      values.set(node.name, output);
      for (const input of node.inputs) if (lastReader.get(input) === index) values.delete(input);
    }
    return output;
  }

  return async (assignment) => {
    const found = graph.nodes.findIndex(({ name }) => Object.hasOwn(assignment, name));
    const first = found < 0 ? 0 : found;
    if (first < position) {
      position = 0;
      alive = new Map([[INPUT, images]]);
    }
    // A run that is cancelled on the way leaves what it has reached unknown; the next one must not build on it.
    const reached = new Map(alive);
    await advance(reached, position, first, {});
    alive = reached;
    position = first;
    return advance(new Map(alive), first, graph.nodes.length, assignment);
  };
}

/** The node with the quantizers of the operands that are named. */
function withOperands(node: Node, { weights, activations }: LayerBits[string]): Node {
  const kept = Object.entries(node.quantizers ?? {}).filter(([site]) => (site === "weight" ? weights : activations) !== undefined);
  return { ...node, quantizers: Object.fromEntries(kept) };
}

function valueOf(values: ReadonlyMap<string, Tensor>, name: string): Tensor {
  const value = values.get(name);
  if (!value) throw new Error(`internal: ${name} was dropped before its last reader`);
  return value;
}
