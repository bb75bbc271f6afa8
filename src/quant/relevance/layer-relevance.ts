/**
 * How much of a prediction passes through each layer: the score by which LRP-QViT (Ranjan, Savakis 2024, arXiv 2401.11243) gives layers their bits.
 *   Omega_l = mean over images of sum |R at the layer's output| / sum |R at the logits|
 * with R started as the logit of the predicted class. The normalisation is ours: how the paper sums and divides was not at hand. As relevance is
 * conserved along a chain, what differs between layers is the share of the branch at each residual sum, the halves of attention products, and how
 * much positive and negative relevance stand beside each other: where scores or values cancel, a layer can have far more than 1.
 */
import { INPUT, outputName, type Graph, type Node } from "../../graph/graph.ts";
import { runNode as runOnCpu } from "../../reference/index.ts";
import { InputError } from "../../tensor/input-error.ts";
import { throwIfCancelled, type Job } from "../../tensor/progress.ts";
import { tensor, type Tensor } from "../../tensor/tensor.ts";
import { isLayer } from "../sites.ts";
import { propagateRelevance } from "./propagate.ts";
import { sumOfMagnitudes, type Relevance } from "./rule.ts";

/** Score of each Gemm and attention product, by node name. */
export type LayerScores = Readonly<Record<string, number>>;

export interface RelevanceOptions {
  /** Executes one node in float; the CPU reference when absent. */
  readonly runNode?: ((node: Node, inputs: readonly Tensor[]) => Tensor | Promise<Tensor>) | undefined;
  readonly job?: Job | undefined;
}

/** images: [B,C,H,W], normalised; one after the other, each about four forward passes on the CPU. */
export async function layerRelevance(
  graph: Graph,
  images: Tensor,
  { runNode = runOnCpu, job }: RelevanceOptions = {},
): Promise<LayerScores> {
  const layers = new Set(graph.nodes.filter(isLayer).map(({ name }) => name));
  const totals = new Map([...layers].map((name) => [name, 0]));
  const [count, ...shape] = images.shape;
  const size = images.data.length / count;
  let predictions = 0;
  let done = 0;
  const report = (stage: string) => job?.onProgress?.({ stage, done, total: count * layers.size });
  for (let image = 0; image < count; image++) {
    done = image * layers.size;
    report("propagating relevance");
    const pixels = tensor([1, ...shape], images.data.slice(image * size, (image + 1) * size));
    const values = await forward(graph, pixels, runNode, job);
    const start = predictedLogit(values.get(outputName(graph)) ?? pixels);
    const mass = sumOfMagnitudes(start);
    if (mass === 0) continue;
    predictions++;
    await propagateRelevance(graph, values, start, async (name, relevance) => {
      if (!layers.has(name)) return;
      totals.set(name, (totals.get(name) ?? 0) + sumOfMagnitudes(relevance) / mass);
      done++;
      report(`propagating relevance through ${name}`);
      if (job?.signal) await nextTask();
      throwIfCancelled(job);
    });
  }
  if (predictions === 0) throw noPrediction(graph, count);
  done = count * layers.size;
  report("propagated relevance");
  return Object.fromEntries([...totals].map(([name, total]) => [name, total / predictions]));
}

/** Lets messages in, the one that cancels among them: the walk back is all arithmetic and takes seconds. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve);
  });
}

async function forward(
  graph: Graph,
  pixels: Tensor,
  runNode: NonNullable<RelevanceOptions["runNode"]>,
  job?: Job,
): Promise<Map<string, Tensor>> {
  const values = new Map([[INPUT, pixels]]);
  for (const node of graph.nodes) {
    throwIfCancelled(job);
    const inputs = node.inputs.map((name) => values.get(name) ?? pixels);
    values.set(node.name, await runNode(node, inputs));
  }
  return values;
}

/** logits [1,C] -> one-hot of the largest, times its value; of equal ones the first. */
function predictedLogit({ data }: Tensor): Relevance {
  let best = 0;
  data.forEach((logit, i) => {
    if (logit > data[best]) best = i;
  });
  const start = new Float64Array(data.length);
  start[best] = data[best];
  return start;
}

function noPrediction(graph: Graph, count: number): InputError {
  return new InputError("RELEVANCE_ZERO", {
    what: `${graph.name} predicts nothing on ${count} ${count === 1 ? "image" : "images"}.`,
    why: "The largest logit is exactly 0 on each, so there is no relevance to follow backwards.",
    next: "Give other images, or check that the classifier is trained.",
  });
}
