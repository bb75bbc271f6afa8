/**
 * Post-training calibration: walks the graph once over the whole calibration batch, finds a quantizer for every site that the recipe names, then
 * applies the recipe's passes.
 *
 * Memory: only values that some later node still reads are alive, plus at the node in work one quantized copy of its inputs and its output; see
 * `peakBytes`. Quantizers and their search statistics are kept, activations are not.
 */
import { INPUT, replaceNodes, type Graph, type Node } from "../graph/graph.ts";
import { sitesOf } from "../graph/ops.ts";
import type { Levels, Site } from "../graph/quantizer.ts";
import { lastReaders } from "../reference/run-graph.ts";
import { throwIfCancelled, type Job } from "../tensor/progress.ts";
import { tensor, type Tensor } from "../tensor/tensor.ts";
import { peakBytes, refuseBits, refuseNonFinite, refuseTooLarge } from "./calibration-limits.ts";
import { observeTensor, type Choice } from "./observers/observer.ts";
import type { Recipe, SiteRule } from "./recipes/recipe.ts";
import { schemes } from "./schemes/index.ts";
import { fakeQuantizeNode } from "./simulate.ts";
import { placeName, readSite } from "./sites.ts";

export interface CalibrationRequest {
  /** The float model. */
  readonly graph: Graph;
  /** [B,C,H,W], normalised; the recipe takes the first ones it needs. */
  readonly images: Tensor;
  readonly recipe: Recipe;
  readonly weightBits: number;
  readonly activationBits: number;
  readonly levels: Levels;
  /** Executes one node in float on a whole batch: the GPU, or the CPU reference. */
  readonly runNode: (node: Node, inputs: readonly Tensor[]) => Promise<Tensor>;
  readonly job?: Job | undefined;
}

/** How every quantizer was chosen, by place ("blocks.3.attn.qkv.input"). */
export interface CalibrationReport {
  readonly recipe: string;
  readonly imageCount: number;
  /** As observed, before any pass. */
  readonly observed: Readonly<Record<string, Choice>>;
  /** Weight quantizers found again after passes changed the weights. */
  readonly recalibrated: Readonly<Record<string, Choice>>;
}

export async function calibrate(request: CalibrationRequest): Promise<{ graph: Graph; report: CalibrationReport }> {
  const { graph, recipe, levels, job } = request;
  refuseBits(request.weightBits, request.activationBits);
  const images = firstImages(request.images, recipe.calibrationImages);
  refuseTooLarge(graph, images.shape[0], peakBytes(graph, images.shape[0]));
  const observed: Record<string, Choice> = {};
  const recalibrated: Record<string, Choice> = {};
  const total = graph.nodes.length + recipe.passes.length;

  const lastReader = lastReaders(graph);
  const values = new Map([[INPUT, images]]);
  const quantized = new Map<string, Node>();
  for (const [index, node] of graph.nodes.entries()) {
    throwIfCancelled(job);
    job?.onProgress?.({ stage: `calibrating ${node.name}`, done: index, total });
    const inputs = node.inputs.map((name) => valueOf(values, name));
    const chosen = chooseQuantizers(request, node, inputs, observed);
    if (chosen !== node) quantized.set(node.name, chosen);
    const executed = recipe.order === "sequential" ? fakeQuantizeNode(chosen, inputs) : { node, inputs };
    values.set(node.name, await request.runNode(executed.node, executed.inputs));
    for (const input of node.inputs) if (lastReader.get(input) === index) values.delete(input);
  }

  let result = replaceNodes(graph, quantized);
  for (const [index, pass] of recipe.passes.entries()) {
    throwIfCancelled(job);
    job?.onProgress?.({ stage: pass.stage, done: graph.nodes.length + index, total });
    const current = result;
    const calibrateWeight = (node: Node): Node => {
      const choice = observe(request, current, node, [], "weight");
      if (!choice) return node;
      recalibrated[placeName(node, "weight")] = choice;
      return { ...node, quantizers: { ...node.quantizers, weight: choice.quantizer } };
    };
    result = pass.run(current, { levels, calibrateWeight });
  }
  job?.onProgress?.({ stage: "calibrated", done: total, total });
  return { graph: result, report: { recipe: recipe.name, imageCount: images.shape[0], observed, recalibrated } };
}

/** The node with a quantizer at each site that a rule names, chosen in the op's own order: input before weight, A before B. */
function chooseQuantizers(request: CalibrationRequest, node: Node, inputs: readonly Tensor[], observed: Record<string, Choice>): Node {
  let result = node;
  for (const site of sitesOf(node.op)) {
    const choice = observe(request, request.graph, node, inputs, site);
    if (!choice) continue;
    observed[placeName(node, site)] = choice;
    result = { ...result, quantizers: { ...result.quantizers, [site]: choice.quantizer } };
  }
  return result;
}

const AXES: Record<SiteRule["granularity"], 0 | -1 | null> = { "per tensor": null, "per row": 0, "per column": -1 };

function observe(request: CalibrationRequest, graph: Graph, node: Node, inputs: readonly Tensor[], site: Site): Choice | null {
  const { recipe, levels, weightBits, activationBits } = request;
  const rule = recipe.rules.find(({ where }) => where({ graph, node, site }));
  if (!rule) return null;
  const bits = rule.bits === "weights" ? weightBits : rule.bits === "activations" ? activationBits : rule.bits;
  const x = readSite(node, inputs, site);
  refuseNonFinite(x, placeName(node, site));
  return observeTensor(rule.observer, x, AXES[rule.granularity], { scheme: schemes[rule.scheme], bits, levels });
}

function firstImages(images: Tensor, count: number): Tensor {
  const [b, ...shape] = images.shape;
  if (b <= count) return images;
  return tensor([count, ...shape], images.data.slice(0, (images.data.length / b) * count));
}

function valueOf(values: ReadonlyMap<string, Tensor>, name: string): Tensor {
  const value = values.get(name);
  if (!value) throw new Error(`internal: ${name} was dropped before its last reader`);
  return value;
}
