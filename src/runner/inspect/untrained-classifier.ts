import { outputName, type Graph } from "../../graph/graph.ts";
import type { NoteCode } from "../../tensor/note-table.ts";

/** A note when the layer that gives the logits (or both, where two heads are averaged) has one value for all weights: nobody trained it. */
export function untrainedClassifier(graph: Graph): { readonly code: NoteCode; readonly text: string } | null {
  const byName = new Map(graph.nodes.map((node) => [node.name, node]));
  const last = byName.get(outputName(graph));
  const heads = (last?.op === "Add" ? last.inputs : [outputName(graph)]).flatMap((name) => byName.get(name) ?? []);
  const weights = heads.flatMap(({ op, weights: { weight } }) => (op === "Gemm" ? [weight.data] : []));
  if (weights.length === 0 || weights.length < heads.length) return null;
  if (!weights.every((data) => data.every((value) => value === data[0]))) return null;
  const value = weights[0][0];
  const text = `The classifier looks untrained: all weights of ${heads.map(({ name }) => name).join(" and ")} are ${value}, so every class gets the same logit but for its bias. Agreement and accuracy say nothing.`;
  return { code: "CLASSIFIER_UNTRAINED", text };
}
