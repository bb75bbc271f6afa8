/**
 * The quantized graph run twice side by side, node by node: exactly (no value rounded) and quantized. Both are in the same terms, because a recipe's
 * rewrites are in both. Collectors look at every node and keep what they need; values are dropped after their last reader.
 */
import { blockPlaces, type BlockPlace } from "../../graph/blocks.ts";
import { INPUT, type Node } from "../../graph/graph.ts";
import { fakeQuantizeNode } from "../../quant/simulate.ts";
import { lastReaders } from "../../reference/run-graph.ts";
import { throwIfCancelled } from "../../tensor/progress.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { DiagnosedModel } from "./diagnosed-model.ts";
import { aliveValue } from "./switched-runs.ts";

/** One node on both paths. Tensors have the batch axis in front. */
export interface NodeView {
  readonly node: Node;
  readonly place: BlockPlace;
  /** The float model's node of that name; null for what the recipe inserted. */
  readonly original: Node | null;
  readonly exactInputs: readonly Tensor[];
  /** Before this node's own quantizers. */
  readonly quantizedInputs: readonly Tensor[];
  readonly exact: Tensor;
  readonly quantized: Tensor;
  /** This node's quantizers alone at work: its output from exact inputs. null where it has none. */
  readonly alone: Tensor | null;
}

export interface Collector {
  visit(view: NodeView): void;
}

/** Gives the quantized logits' exact counterpart and the logits themselves, [B, classes] each. */
export async function walkPaths(model: DiagnosedModel, collectors: readonly Collector[]): Promise<{ exact: Tensor; quantized: Tensor }> {
  const { float, quantized: graph, images, runNode, job } = model;
  const originals = new Map(float.nodes.map((node) => [node.name, node]));
  const placeOf = blockPlaces(graph.nodes.map(({ name }) => name));
  const lastReader = lastReaders(graph);
  const exactValues = new Map([[INPUT, images]]);
  const quantizedValues = new Map([[INPUT, images]]);
  const rounded = (node: Node, inputs: readonly Tensor[]) => {
    const executed = fakeQuantizeNode(node, inputs);
    return runNode(executed.node, executed.inputs);
  };
  let last = { exact: images, quantized: images };
  for (const [index, node] of graph.nodes.entries()) {
    throwIfCancelled(job);
    job?.onProgress?.({ stage: `looking at ${node.name}`, done: index, total: graph.nodes.length });
    const exactInputs = node.inputs.map((name) => aliveValue(exactValues, name));
    const quantizedInputs = node.inputs.map((name) => aliveValue(quantizedValues, name));
    const exact = await runNode(node, exactInputs);
    const quantized = await rounded(node, quantizedInputs);
    const alone = Object.keys(node.quantizers ?? {}).length > 0 ? await rounded(node, exactInputs) : null;
    const view = {
      node,
      place: placeOf(node.name),
      original: originals.get(node.name) ?? null,
      exactInputs,
      quantizedInputs,
      exact,
      quantized,
      alone,
    };
    for (const collector of collectors) collector.visit(view);
    exactValues.set(node.name, exact);
    quantizedValues.set(node.name, quantized);
    for (const input of node.inputs) {
      if (lastReader.get(input) !== index) continue;
      exactValues.delete(input);
      quantizedValues.delete(input);
    }
    last = { exact, quantized };
  }
  job?.onProgress?.({ stage: "looked at every layer", done: graph.nodes.length, total: graph.nodes.length });
  return last;
}
