/**
 * Post-training calibration: walks the graph once over the whole calibration batch, finds a quantizer for every site that the recipe names, applies
 * the recipe's steps to each layer, then its passes to the graph. Several requests on the same model and images share one walk: the float path runs
 * once, and statistics of its values are found once (see statistics.ts).
 *
 * Memory: only values that some later node still reads are alive on each path, plus at the node in work one quantized copy of its inputs and its
 * output; see `peakBytes`. Quantizers and their search statistics are kept, activations are not.
 */
import { INPUT, makeGraph, type Graph, type Node } from "../graph/graph.ts";
import { headsOf, optionalSitesOf, sitesOf } from "../graph/ops.ts";
import type { Levels, Site } from "../graph/quantizer.ts";
import { lastReaders } from "../reference/run-graph.ts";
import { throwIfCancelled, type Job } from "../tensor/progress.ts";
import { tensor, type Tensor } from "../tensor/tensor.ts";
import { bitsAt, type BitWidths, type LayerBits } from "./bits.ts";
import {
  peakBytes,
  refuseBits,
  refuseFewImages,
  refuseNonFinite,
  refuseOtherBits,
  refuseTooLarge,
  refuseUnknownLayers,
} from "./calibration-limits.ts";
import { observeTensor, type Choice } from "./observers/observer.ts";
import type { Granularity } from "./granularity.ts";
import type { FloatModel, Recipe } from "./recipes/recipe.ts";
import { settingAt, type LayerRule } from "./rules/layer-rule.ts";
import { refuseRules } from "./rules/refuse-rules.ts";
import { observerFor } from "./rules/rule-options.ts";
import { schemes } from "./schemes/index.ts";
import { fakeQuantizeNode } from "./simulate.ts";
import { granularityAt, isLayer, placeName, readSite } from "./sites.ts";
import type { Layer, StepContext } from "./steps/step.ts";

/** What to make of one float model. */
export interface CalibrationTask {
  readonly recipe: Recipe;
  readonly weightBits: number;
  readonly activationBits: number;
  /** Of attention probabilities; the activations' bits when absent. */
  readonly attentionBits?: number | undefined;
  /** Exceptions by layer; a recipe that allocates bits itself is not asked to where these are given. */
  readonly layerBits?: LayerBits | undefined;
  /** What the user changes: over everything else, fixed bits and exceptions by layer included. */
  readonly rules?: readonly LayerRule[] | undefined;
  readonly levels: Levels;
}

/** What all tasks of a walk share. */
export interface CalibrationInputs {
  /** The float model. */
  readonly graph: Graph;
  /** [B,C,H,W], normalised; a recipe takes the first ones it needs. */
  readonly images: Tensor;
  /** Executes one node in float on a whole batch: the GPU, or the CPU reference. */
  readonly runNode: (node: Node, inputs: readonly Tensor[]) => Promise<Tensor>;
  readonly job?: Job | undefined;
}

export type CalibrationRequest = CalibrationInputs & CalibrationTask;

/** How every quantizer was chosen, by place ("blocks.3.attn.qkv.input"). */
export interface CalibrationReport {
  readonly recipe: string;
  readonly imageCount: number;
  /** As observed, before any pass. */
  readonly observed: Readonly<Record<string, Choice>>;
  /** Weight quantizers found again after steps or passes changed the weights. */
  readonly recalibrated: Readonly<Record<string, Choice>>;
  /** Bits by layer, given or allocated by the recipe; absent where all layers have the widths asked for. */
  readonly layerBits?: LayerBits;
}

export interface Calibrated {
  readonly graph: Graph;
  readonly report: CalibrationReport;
}

export async function calibrate(request: CalibrationRequest): Promise<Calibrated> {
  const [result] = await calibrateAll(request, [request]);
  return result;
}

/** One walk for all tasks. Tasks that use different numbers of images walk separately. Results in the order of the tasks. */
export async function calibrateAll(inputs: CalibrationInputs, tasks: readonly CalibrationTask[]): Promise<Calibrated[]> {
  for (const task of tasks) refuseTask(task, inputs.graph);
  const results = new Map<CalibrationTask, Calibrated>();
  for (const count of new Set(tasks.map(({ recipe }) => recipe.calibrationImages))) {
    const together = tasks.filter(({ recipe }) => recipe.calibrationImages === count);
    const images = firstImages(inputs.images, count);
    const found = await walk({ ...inputs, images }, together);
    together.forEach((task, i) => results.set(task, found[i]));
  }
  return tasks.map((task) => {
    const result = results.get(task);
    if (!result) throw new Error("internal: a calibration task was left out");
    return result;
  });
}

/** Before anything runs. */
function refuseTask(
  { recipe, weightBits, activationBits, attentionBits = activationBits, layerBits = {}, rules = [] }: CalibrationTask,
  graph: Graph,
): void {
  const layers = Object.values(layerBits);
  refuseBits(weightBits, activationBits);
  refuseBits(weightBits, attentionBits);
  refuseUnknownLayers(graph, layerBits);
  for (const { weights = weightBits, activations = activationBits } of layers) refuseBits(weights, activations);
  const exceptions = layers.flatMap(({ weights, activations }) => [weights ?? weightBits, activations ?? activationBits]);
  refuseOtherBits(recipe, [weightBits, activationBits, attentionBits, ...exceptions]);
  refuseRules(graph, recipe, rules);
}

/** One task on its way through the graph. */
interface Walker {
  readonly task: CalibrationTask;
  readonly widths: BitWidths;
  /** Values of the sequential path; null when ranges are measured on the float path. */
  readonly values: Map<string, Tensor> | null;
  /** Nodes as they stand now, by name. */
  readonly nodes: Map<string, Node>;
  readonly inserted: Map<string, readonly Node[]>;
  readonly prepared: ReadonlyMap<string, number>;
  readonly kept: Map<string, Tensor>;
  readonly observed: Record<string, Choice>;
  readonly recalibrated: Record<string, Choice>;
}

async function walk(inputs: CalibrationInputs, tasks: readonly CalibrationTask[]): Promise<Calibrated[]> {
  const { graph, images, runNode, job } = inputs;
  const [count] = images.shape;
  const needsFloat = tasks.some(({ recipe }) => recipe.order === "parallel" || recipe.steps?.some((step) => step.needsFloat));
  const paths = tasks.filter(({ recipe }) => recipe.order === "sequential").length + (needsFloat ? 1 : 0);
  refuseTooLarge(graph, count, peakBytes(graph, count) * paths);
  for (const { recipe } of tasks) refuseFewImages(recipe, count);
  refuseNonFinite(images, INPUT);
  const walkers = await makeWalkers({ graph, images, runNode, job }, tasks);

  const lastReader = lastReaders(graph);
  const float = new Map([[INPUT, images]]);
  const total = graph.nodes.length + walkers.reduce((sum, { task }) => sum + task.recipe.passes.length, 0);
  for (const [index, node] of graph.nodes.entries()) {
    throwIfCancelled(job);
    job?.onProgress?.({ stage: `calibrating ${node.name}`, done: index, total });
    for (const walker of walkers) await visit(walker, node, float, needsFloat, inputs);
    if (needsFloat) {
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
  const results = walkers.map((walker) =>
    finish(walker, graph, count, (stage) => {
      throwIfCancelled(job);
      job?.onProgress?.({ stage, done: done++, total });
    }),
  );
  job?.onProgress?.({ stage: "calibrated", done: total, total });
  return results;
}

/** What each recipe finds before the walk is found once, for all its tasks. In the order of the tasks. */
async function makeWalkers(model: FloatModel, tasks: readonly CalibrationTask[]): Promise<Walker[]> {
  const walkers = new Map<CalibrationTask, Walker>();
  for (const recipe of new Set(tasks.map((task) => task.recipe))) {
    const prepared = (await recipe.prepare?.(model)) ?? new Map<string, number>();
    const alike = tasks.filter((task) => task.recipe === recipe);
    const widths = await allocated(model, recipe, alike);
    alike.forEach((task, i) => walkers.set(task, makeWalker(task, widths[i], model.images, prepared)));
  }
  return tasks.flatMap((task) => walkers.get(task) ?? []);
}

/** The widths of each task of a recipe, with the layers' bits that were given or that the recipe allocates. */
async function allocated(model: FloatModel, recipe: Recipe, tasks: readonly CalibrationTask[]): Promise<BitWidths[]> {
  const widths = tasks.map(({ weightBits, activationBits, attentionBits, layerBits }): BitWidths => ({
    weights: weightBits,
    activations: activationBits,
    attention: attentionBits,
    layers: layerBits,
  }));
  const open = widths.filter(({ layers }) => layers === undefined);
  const found = open.length > 0 ? await recipe.allocate?.(model, open) : undefined;
  return widths.map((setting) => (setting.layers || !found ? setting : { ...setting, layers: found[open.indexOf(setting)] }));
}

function makeWalker(task: CalibrationTask, widths: BitWidths, images: Tensor, prepared: ReadonlyMap<string, number>): Walker {
  return {
    task,
    widths,
    values: task.recipe.order === "sequential" ? new Map([[INPUT, images]]) : null,
    nodes: new Map(),
    inserted: new Map(),
    prepared,
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

function firstImages(images: Tensor, count: number): Tensor {
  const [b, ...shape] = images.shape;
  if (b <= count) return images;
  return tensor([count, ...shape], images.data.slice(0, (images.data.length / b) * count));
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
