/**
 * Runs of one quantized graph with some of its quantizers switched off. Runs that differ from a common setting only from some node on share everything
 * before it: that part is computed once, as runs with ever later nodes are asked for; asking for an earlier one starts over.
 */
import { INPUT, type Node } from "../../graph/graph.ts";
import type { Site } from "../../graph/quantizer.ts";
import { fakeQuantizeNode } from "../../quant/simulate.ts";
import { lastReaders } from "../../reference/run-graph.ts";
import { throwIfCancelled } from "../../tensor/progress.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { DiagnosedModel } from "./diagnosed-model.ts";

/** Which quantizers work; all others let their values through as they are. */
export type Switches = (node: Pick<Node, "name">, site: Site) => boolean;

export const ALL_OFF: Switches = () => false;
export const ALL_ON: Switches = () => true;

/** The last node's value under these switches. */
export type SwitchedRuns = (switches: Switches) => Promise<Tensor>;

export function createSwitchedRuns({ quantized, images, runNode, job }: Omit<DiagnosedModel, "float">, common: Switches): SwitchedRuns {
  const { nodes } = quantized;
  const lastReader = lastReaders(quantized);
  let position = 0;
  let alive = new Map([[INPUT, images]]);

  /** Runs nodes [from, to) on `values`, dropping what nobody reads any more, and gives the last one's value. */
  async function advance(values: Map<string, Tensor>, from: number, to: number, switches: Switches): Promise<Tensor> {
    let output = images;
    for (let index = from; index < to; index++) {
      throwIfCancelled(job);
      const node = nodes[index];
      const inputs = node.inputs.map((name) => aliveValue(values, name));
      const executed = fakeQuantizeNode(switchedNode(node, switches), inputs);
      output = await runNode(executed.node, executed.inputs);
      values.set(node.name, output);
      for (const input of node.inputs) if (lastReader.get(input) === index) values.delete(input);
    }
    return output;
  }

  return async (switches) => {
    const found = nodes.findIndex((node) => differs(node, switches, common));
    const first = found < 0 ? nodes.length - 1 : found;
    if (first < position) {
      position = 0;
      alive = new Map([[INPUT, images]]);
    }
    // A run that is cancelled on the way leaves what it has reached unknown; the next one must not build on it.
    const reached = new Map(alive);
    await advance(reached, position, first, common);
    alive = reached;
    position = first;
    return advance(new Map(alive), first, nodes.length, switches);
  };
}

/** The node with the quantizers that work. */
export function switchedNode(node: Node, switches: Switches): Node {
  const kept = Object.entries(node.quantizers ?? {}).filter(([site]) => switches(node, site as Site));
  return { ...node, quantizers: Object.fromEntries(kept) };
}

function differs(node: Node, a: Switches, b: Switches): boolean {
  return (Object.keys(node.quantizers ?? {}) as Site[]).some((site) => a(node, site) !== b(node, site));
}

export function aliveValue(values: ReadonlyMap<string, Tensor>, name: string): Tensor {
  const value = values.get(name);
  if (!value) throw new Error(`internal: ${name} was dropped before its last reader`);
  return value;
}
