import { INPUT, type Graph } from "../../graph/graph.ts";
import { lastReaders } from "../../reference/run-graph.ts";
import { throwIfCancelled } from "../../tensor/progress.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { measureQuality } from "../measure-quality.ts";
import type { DiagnosedModel } from "./diagnosed-model.ts";
import { aliveValue } from "./switched-runs.ts";

/** How far logits are from the float model's. */
export interface Distance {
  /** Mean KL(float || this) over the images, nats. */
  readonly klDivergence: number;
  /** Infinity when equal. */
  readonly logitSqnrDb: number;
  /** Share of images with the same prediction. */
  readonly agreement: number;
}

/** Both [B, classes]. */
export function distance(float: Tensor, actual: Tensor): Distance {
  const [images, classes] = float.shape;
  const { klDivergence, logitSqnrDb, top1Agreement } = measureQuality(float.data, actual.data, images, classes, null);
  // Rounding of two f32 paths that should be equal may leave a hair below zero.
  return { klDivergence: Math.max(0, klDivergence), logitSqnrDb, agreement: top1Agreement };
}

/** Logits of the float model, [B, classes]. */
export async function floatLogits({ float, images, runNode, job }: Omit<DiagnosedModel, "quantized">): Promise<Tensor> {
  return runFloat(float, images, runNode, job);
}

async function runFloat(graph: Graph, images: Tensor, runNode: DiagnosedModel["runNode"], job: DiagnosedModel["job"]): Promise<Tensor> {
  const lastReader = lastReaders(graph);
  const values = new Map([[INPUT, images]]);
  let output = images;
  for (const [index, node] of graph.nodes.entries()) {
    throwIfCancelled(job);
    output = await runNode(
      node,
      node.inputs.map((name) => aliveValue(values, name)),
    );
    values.set(node.name, output);
    for (const input of node.inputs) if (lastReader.get(input) === index) values.delete(input);
  }
  return output;
}
