import type { Shape } from "../tensor/tensor.ts";
import type { Node } from "./node.ts";
import { inferShape } from "./ops.ts";

export type { Attributes, Node } from "./node.ts";

/** A model as data: nodes in execution order. Shapes are per image; a leading batch axis B is implicit everywhere. */
export interface Graph {
  readonly name: string;
  /** Shape of the input value `pixels`: [C,H,W], normalised f32. */
  readonly inputShape: Shape;
  readonly nodes: readonly Node[];
  /** Shape of every value by name, `pixels` included. */
  readonly shapes: Readonly<Record<string, Shape>>;
}

export const INPUT = "pixels";

/** Check the order and infer all shapes. Throws with the node's name when an input is unknown or a shape does not fit. */
export function makeGraph(name: string, inputShape: Shape, nodes: readonly Node[]): Graph {
  const shapes: Record<string, Shape> = { [INPUT]: inputShape };
  for (const node of nodes) {
    if (shapes[node.name]) throw new Error(`internal: two values are named ${node.name}`);
    const inputs = node.inputs.map((input) => {
      const shape = shapes[input];
      if (!shape) throw new Error(`internal: ${node.name} reads ${input} before it is computed`);
      return shape;
    });
    shapes[node.name] = inferShape(node, inputs);
  }
  return { name, inputShape, nodes, shapes };
}

/** The graph's output: the last node (logits). */
export function outputName(graph: Graph): string {
  const last = graph.nodes.at(-1);
  if (!last) throw new Error(`internal: graph ${graph.name} is empty`);
  return last.name;
}

/** A copy with some nodes replaced, by name; shapes are inferred again. */
export function replaceNodes(graph: Graph, replacements: ReadonlyMap<string, Node>): Graph {
  return makeGraph(
    graph.name,
    graph.inputShape,
    graph.nodes.map((node) => replacements.get(node.name) ?? node),
  );
}

/** One line per node: name, op, shape, quantizers. */
export function printGraph(graph: Graph): string {
  return graph.nodes
    .map((node) => {
      const quantizers = Object.entries(node.quantizers ?? {}).map(([site, q]) => `${site}:${q.scheme}${q.bits}`);
      return `${node.name} = ${node.op}(${node.inputs.join(", ")}) -> [${graph.shapes[node.name].join(",")}] ${quantizers.join(" ")}`.trimEnd();
    })
    .join("\n");
}
