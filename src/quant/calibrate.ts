/**
 * Post-training calibration: checks what is asked for, plans it, and walks the graph (see walk.ts). Several requests on the same model and images share
 * one walk: the float path runs once, and statistics of its values are found once (see statistics.ts).
 */
import { INPUT, type Graph } from "../graph/graph.ts";
import { partOf } from "../tensor/progress.ts";
import { tensor, type Tensor } from "../tensor/tensor.ts";
import { isTied } from "./allocation/allocate-bits.ts";
import type { BitWidths } from "./bits.ts";
import {
  peakBytes,
  refuseBits,
  refuseFewImages,
  refuseNonFinite,
  refuseOtherBits,
  refuseTooLarge,
  refuseUnknownLayers,
} from "./calibration-limits.ts";
import type { Calibrated, CalibrationInputs, CalibrationRequest, CalibrationTask } from "./calibration-task.ts";
import type { FloatModel, Recipe } from "./recipes/recipe.ts";
import { refuseRules } from "./rules/refuse-rules.ts";
import { walk, type Plan } from "./walk.ts";

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
    const part = { ...inputs, images: firstImages(inputs.images, count) };
    refuseImages(part, together);
    const plans = await planAll(part, together);
    const found = plans.some(mayAllocateLater) ? await walkTwice(part, plans) : await walk(part, plans, needsFloat(together));
    together.forEach((task, i) => results.set(task, found[i]));
  }
  return tasks.map((task) => {
    const result = results.get(task);
    if (!result) throw new Error("internal: a calibration task was left out");
    return { graph: result.graph, report: result.report };
  });
}

/** A second walk for the plans whose recipes allocate bits once it is known that the same bits everywhere come near the float model. */
async function walkTwice(inputs: CalibrationInputs, plans: readonly Plan[]): Promise<Calibrated[]> {
  const first = await walk({ ...inputs, job: partOf(inputs.job, 0, 3) }, plans, true);
  const near = plans.filter(
    (plan, i) => mayAllocateLater(plan) && first[i].divergence <= (plan.task.recipe.allocatesWhere?.divergence ?? 0),
  );
  const shared = await reallocated({ ...inputs, job: partOf(inputs.job, 1, 3) }, near);
  const second = near.length > 0 ? await walk({ ...inputs, job: partOf(inputs.job, 2, 3) }, shared, true) : [];
  inputs.job?.onProgress?.({ stage: "calibrated", done: 3, total: 3 });
  return plans.map((plan, i) => (near.includes(plan) ? second[near.indexOf(plan)] : first[i]));
}

function mayAllocateLater({ task: { recipe, layerBits }, widths }: Plan): boolean {
  return layerBits === undefined && isTied(widths) && (recipe.allocatesWhere?.bits.includes(widths.weights) ?? false);
}

async function reallocated(model: FloatModel, plans: readonly Plan[]): Promise<Plan[]> {
  const shared = new Map<Plan, Plan>();
  for (const recipe of new Set(plans.map(({ task }) => task.recipe))) {
    const alike = plans.filter(({ task }) => task.recipe === recipe);
    const found = await recipe.allocate?.(
      model,
      alike.map(({ widths }) => widths),
    );
    alike.forEach((plan, i) => shared.set(plan, { ...plan, widths: { ...plan.widths, layers: found?.[i] } }));
  }
  return plans.map((plan) => shared.get(plan) ?? plan);
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

/** Before anything is computed on the images. */
function refuseImages({ graph, images }: CalibrationInputs, tasks: readonly CalibrationTask[]): void {
  const [count] = images.shape;
  const paths = tasks.filter(({ recipe }) => recipe.order === "sequential").length + (needsFloat(tasks) ? 1 : 0);
  refuseTooLarge(graph, count, peakBytes(graph, count) * paths);
  for (const { recipe } of tasks) refuseFewImages(recipe, count);
  refuseNonFinite(images, INPUT);
}

function needsFloat(tasks: readonly CalibrationTask[]): boolean {
  return tasks.some(({ recipe }) => recipe.order === "parallel" || recipe.steps?.some((step) => step.needsFloat));
}

/** What each recipe finds before the walk is found once, for all its tasks. In the order of the tasks. */
async function planAll(model: FloatModel, tasks: readonly CalibrationTask[]): Promise<Plan[]> {
  const plans = new Map<CalibrationTask, Plan>();
  for (const recipe of new Set(tasks.map((task) => task.recipe))) {
    const prepared = (await recipe.prepare?.(model)) ?? new Map<string, number>();
    const alike = tasks.filter((task) => task.recipe === recipe);
    const widths = await allocated(model, recipe, alike);
    alike.forEach((task, i) => plans.set(task, { task, widths: widths[i], prepared }));
  }
  return tasks.flatMap((task) => plans.get(task) ?? []);
}

/** The widths of each task of a recipe, with the layers' bits that were given or that the recipe allocates. */
async function allocated(model: FloatModel, recipe: Recipe, tasks: readonly CalibrationTask[]): Promise<BitWidths[]> {
  const widths = tasks.map(({ weightBits, activationBits, attentionBits, layerBits }): BitWidths => ({
    weights: weightBits,
    activations: activationBits,
    attention: attentionBits,
    layers: layerBits,
  }));
  const open = recipe.allocatesWhere ? [] : widths.filter(({ layers }) => layers === undefined);
  const found = open.length > 0 ? await recipe.allocate?.(model, open) : undefined;
  return widths.map((setting) => (found && open.includes(setting) ? { ...setting, layers: found[open.indexOf(setting)] } : setting));
}

function firstImages(images: Tensor, count: number): Tensor {
  const [b, ...shape] = images.shape;
  if (b <= count) return images;
  return tensor([count, ...shape], images.data.slice(0, (images.data.length / b) * count));
}
