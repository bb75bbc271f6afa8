import type { OnnxNode } from "../../formats/onnx/onnx-model.ts";

/** The nodes that an output depends on, in the file's order (which the format wants sorted). */
export function neededNodes(nodes: readonly OnnxNode[], output: string): OnnxNode[] {
  const needed = new Set([output]);
  const kept: OnnxNode[] = [];
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((name) => name !== "" && needed.has(name))) continue;
    kept.push(node);
    for (const name of node.inputs) needed.add(name);
  }
  return kept.reverse();
}
