import type { Graph, Node } from "../../graph/graph.ts";
import type { Job } from "../../tensor/progress.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** What every diagnosis looks at: a quantized model beside its float original, on a few images. */
export interface DiagnosedModel {
  /** Without quantizers. */
  readonly float: Graph;
  /** As the recipe left it. Its nodes have the names of the float graph's; a recipe may have inserted Affine and Gemm nodes between them. */
  readonly quantized: Graph;
  /** [B,C,H,W], normalised. Every activation of these is computed several times, so a handful is meant. */
  readonly images: Tensor;
  /** Executes one node in float: the GPU, WebAssembly, or the CPU reference. */
  readonly runNode: (node: Node, inputs: readonly Tensor[]) => Promise<Tensor>;
  readonly job?: Job | undefined;
}

/** The node that computes what `name` is a scaled copy of: recipes put an Affine between a producer and its reader. */
export function sourceOf(graph: Graph, name: string): Node | undefined {
  const producer = graph.nodes.find((node) => node.name === name);
  return producer?.op === "Affine" ? sourceOf(graph, producer.inputs[0]) : producer;
}
