/**
 * The walk of calibration: once over the graph with the whole batch, finding a quantizer for every site that the recipe names and applying the recipe's
 * steps to each layer, then its passes to the graph.
 *
 * Memory: only values that some later node still reads are alive on each path, plus at the node in work one quantized copy of its inputs and its
 * output; see `peakBytes`. Quantizers and their search statistics are kept, activations are not.
 */
import { INPUT, makeGraph, type Graph, type Node } from "../graph/graph.ts";
import { headsOf, optionalSitesOf, sitesOf } from "../graph/ops.ts";
import type { Site } from "../graph/quantizer.ts";
import { klDivergence } from "../metrics/kl-divergence.ts";
import { lastReaders } from "../reference/run-graph.ts";
import { throwIfCancelled } from "../tensor/progress.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { bitsAt, type BitWidths } from "./bits.ts";
import { refuseNonFinite } from "./calibration-limits.ts";
import type { Calibrated, CalibrationInputs, CalibrationTask } from "./calibration-task.ts";
import type { Granularity } from "./granularity.ts";
import { observeTensor, type Choice } from "./observers/observer.ts";
import { settingAt } from "./rules/layer-rule.ts";
import { observerFor } from "./rules/rule-options.ts";
import { schemes } from "./schemes/index.ts";
import { fakeQuantizeNode } from "./simulate.ts";
import { granularityAt, isLayer, placeName, readSite } from "./sites.ts";
import type { Layer, StepContext } from "./steps/step.ts";

/** What is known of a task before the walk. */
export interface Plan {
  readonly task: CalibrationTask;
  readonly widths: BitWidths;
  readonly prepared: ReadonlyMap<string, number>;
}

/** One task on its way through the graph. */
interface Walker extends Plan {
  /** Values of the sequential path; null when ranges are measured on the float path. */
  readonly values: Map<string, Tensor> | null;
  /** Nodes as they stand now, by name. */
  readonly nodes: Map<string, Node>;
  readonly inserted: Map<string, readonly Node[]>;
  readonly kept: Map<string, Tensor>;
  readonly observed: Record<string, Choice>;
  readonly recalibrated: Record<string, Choice>;
}

export interface Walked extends Calibrated {
  /** KL divergence of the last value, taken as logits, from the float model's on the calibration images; NaN where only one of them was computed. */
  readonly divergence: number;
}

/** floatRuns: whether the float model runs beside. In the order of the plans. */
export async function walk(inputs: CalibrationInputs, plans: readonly Plan[], floatRuns: boolean): Promise<Walked[]> {
  const { graph, images, runNode, job } = inputs;
  const walkers = plans.map((plan) => makeWalker(plan, images));

  const lastReader = lastReaders(graph);
  const float = new Map([[INPUT, images]]);
  const total = graph.nodes.length + walkers.reduce((sum, { task }) => sum + task.recipe.passes.length, 0);
  for (const [index, node] of graph.nodes.entries()) {
    throwIfCancelled(job);
    job?.onProgress?.({ stage: `calibrating ${node.name}`, done: index, total });
    for (const walker of walkers) await visit(walker, node, float, floatRuns, inputs);
    if (floatRuns) {
      const floatInputs = node.inputs.map((name) => aliveValue(float, name));
      float.set(node.name, await runNode(node, floatInputs));
    }
    for (const input of node.inputs) {
      if (lastReader.get(input) !== index) continue;
      float.delete(input);
      for (const { values } of walkers) values?.delete(input);
    }
  }
  let done = graph.nodes.length;
  const results = walkers.map((walker) => ({
    divergence: divergenceOf(walker, graph, float),
    ...finish(walker, graph, images.shape[0], (stage) => {
      throwIfCancelled(job);
      job?.onProgress?.({ stage, done: done++, total });
    }),
  }));
  job?.onProgress?.({ stage: "calibrated", done: total, total });
  return results;
}

function makeWalker(plan: Plan, images: Tensor): Walker {
  return {
    ...plan,
    values: plan.task.recipe.order === "sequential" ? new Map([[INPUT, images]]) : null,
    nodes: new Map(),
    inserted: new Map(),
    kept: new Map(),
    observed: {},
    recalibrated: {},
  };
}

/** Chooses the node's quantizers, applies the recipe's steps, and runs the result on the sequential path. */
async function visit(walker: Walker, node: Node, float: Map<string, Tensor>, floatRuns: boolean, inputs: CalibrationInputs): Promise<void> {
  const { task, values } = walker;
  const measured = values ?? float;
  const read = node.inputs.map((name) => aliveValue(measured, name));
  const floatRead = floatRuns ? node.inputs.map((name) => aliveValue(float, name)) : read;
  const steps = task.recipe.steps ?? [];
  // A weight that a step is going to change is observed by that step.
  const sites = [...sitesOf(node.op), ...optionalSitesOf(node.op)].filter((site) => steps.length === 0 || site !== "weight");
  let layer: Layer = {
    node: sites.reduce((chosen, site) => withQuantizer(walker, inputs.graph, chosen, read, site, walker.observed), node),
    inputs: read,
    float: { node, inputs: floatRead },
    inserted: [],
    changed: new Map(),
  };
  const context: StepContext = {
    graph: inputs.graph,
    levels: task.levels,
    job: inputs.job,
    runNode: inputs.runNode,
    nodeNow: (name) => {
      const now = walker.nodes.get(name);
      if (!now) throw new Error(`internal: ${name} has not been visited`);
      return now;
    },
    prepared: walker.prepared,
    kept: walker.kept,
    observe: (changed, readBy, site) => withQuantizer(walker, inputs.graph, changed, readBy, site, walker.recalibrated),
  };
  for (const step of steps) {
    throwIfCancelled(inputs.job);
    layer = await step.run(layer, context);
  }
  if (steps.length > 0 && sitesOf(node.op).includes("weight") && !layer.node.quantizers?.weight) {
    layer = { ...layer, node: context.observe(layer.node, layer.inputs, "weight") };
  }
  for (const [name, changed] of layer.changed) walker.nodes.set(name, changed);
  walker.nodes.set(node.name, layer.node);
  if (layer.inserted.length > 0) walker.inserted.set(node.name, layer.inserted);
  if (values) {
    const executed = fakeQuantizeNode(layer.node, layer.inputs);
    values.set(node.name, layer.output ?? (await inputs.runNode(executed.node, executed.inputs)));
  }
}

function divergenceOf({ values }: Walker, { nodes }: Graph, float: ReadonlyMap<string, Tensor>): number {
  const last = nodes[nodes.length - 1].name;
  const [reference, actual] = [float.get(last), values?.get(last)];
  return reference && actual ? klDivergence.measure(reference, actual) : Number.NaN;
}

function finish(walker: Walker, graph: Graph, imageCount: number, onPass: (stage: string) => void): Calibrated {
  const { task, widths, observed, recalibrated } = walker;
  const nodes = graph.nodes.flatMap(({ name }) => [...(walker.inserted.get(name) ?? []), aliveNode(walker, name)]);
  let result = makeGraph(graph.name, graph.inputShape, nodes);
  for (const pass of task.recipe.passes) {
    onPass(pass.stage);
    const current = result;
    const calibrateWeight = (node: Node): Node => withQuantizer(walker, current, node, [], "weight", recalibrated);
    result = pass.run(current, { levels: task.levels, calibrateWeight });
  }
  const report = { recipe: task.recipe.name, imageCount, observed, recalibrated };
  return { graph: result, report: widths.layers ? { ...report, layerBits: widths.layers } : report };
}

/** The node with a quantizer at the site, where a rule names it; the choice is noted in `choices`. */
function withQuantizer(
  { task, widths }: Walker,
  graph: Graph,
  node: Node,
  inputs: readonly Tensor[],
  site: Site,
  choices: Record<string, Choice>,
): Node {
  const place = { graph, node, site };
  const rules = optionalSitesOf(node.op).includes(site) ? (task.recipe.arithmeticRules ?? []) : task.recipe.rules;
  const rule = rules.find(({ where }) => where(place));
  if (!rule) return node;
  const x = readSite(node, inputs, site);
  refuseNonFinite(x, placeName(node, site));
  const own = { scheme: rule.scheme, granularity: granularityAt(rule, place), bits: bitsAt(rule, place, widths) };
  const { scheme, granularity, bits } = isLayer(node) ? settingAt(task.rules ?? [], { layer: node.name, site }, own) : own;
  const target = { scheme: schemes[scheme], bits, levels: task.levels };
  const choice = observeTensor(observerFor(scheme, rule), x, AXES[granularity], target, entriesOf(granularity, graph, node));
  choices[placeName(node, site)] = choice;
  return { ...node, quantizers: { ...node.quantizers, [site]: choice.quantizer } };
}

const AXES: Record<Granularity, 0 | -1 | -2 | null> = {
  "per tensor": null,
  "per row": 0,
  "per column": -1,
  "per head": -1,
  "per token": -2,
};

/** Quantizers along the axis: one per head where the rule says so, else as many as the axis has entries. */
function entriesOf(granularity: Granularity, graph: Graph, node: Node): number | undefined {
  if (granularity !== "per head") return undefined;
  const heads = node.attributes.numHeads ?? headsOf(graph.shapes[node.inputs[0]], graph.shapes[node.inputs[1]] ?? []);
  if (typeof heads !== "number" || Number.isNaN(heads)) throw new Error(`internal: ${node.name} has no heads to quantize by`);
  return heads;
}

function aliveValue(values: ReadonlyMap<string, Tensor>, name: string): Tensor {
  const value = values.get(name);
  if (!value) throw new Error(`internal: ${name} was dropped before its last reader`);
  return value;
}

function aliveNode({ nodes }: Walker, name: string): Node {
  const node = nodes.get(name);
  if (!node) throw new Error(`internal: ${name} was not visited`);
  return node;
}
