/**
 * Rewrites qkv exactly (see attention-rewrites) where that makes attention lose less: for queries and keys, and for values, each form is tried on some
 * calibration images with the ranges that quantization will use, and the one with the least squared error stays.
 *   queries and keys: of P v, with q and k quantized;   values: of W P v, with v and the projection's input quantized.
 * Whether a rotation pays depends on the layer: it spreads outliers of single channels, and spoils ranges that were narrow for most channels.
 * For recipes whose order is sequential: the ranges found behind it must be those of the rewritten values.
 */
import type { Graph, Node } from "../../graph/graph.ts";
import { attribute, stretchOf } from "../../graph/ops.ts";
import type { Site } from "../../graph/quantizer.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { fakeQuantizeNode } from "../simulate.ts";
import { AS_IS, rewriteQkv, rotatedProjection, type Rewrite } from "./attention-rewrites.ts";
import { firstOf } from "./sample-rows.ts";
import type { Layer, LayerStep, StepContext } from "./step.ts";
import { rowWeights } from "./token-weights.ts";

/** What errors are measured on: a choice between three forms needs few. */
const IMAGES = 8;
const FORMS: readonly Rewrite[] = [AS_IS, { rotated: true, centred: false }, { rotated: true, centred: true }];

/** `ranges`: the step that will find the ranges of what attention reads. The projection's bias is left to the step that fits its weights. */
export function rotateAttention(ranges: LayerStep): LayerStep {
  return {
    stage: "rotating attention",
    needsFloat: true,
    async run(layer, context) {
      const { node, float } = layer;
      const weight = context.kept.get(keptName(node));
      if (weight) {
        context.kept.delete(keptName(node));
        return { ...layer, node: { ...node, weights: { ...node.weights, weight } } };
      }
      const attention = attentionBehind(context.graph, node);
      if (!attention) return layer;
      const { heads, projection } = attention;
      const means = columnMeans(await context.runNode(float.node, float.inputs));
      const x = firstOf(float.inputs[0], IMAGES);
      const qkvOf = (scores: Rewrite, values: Rewrite) => context.runNode(rewriteQkv(float.node, heads, means, scores, values), [x]);
      const exact = await qkvOf(AS_IS, AS_IS);
      const probabilities = await probabilitiesOf(attention, exact, context);
      const trial = { attention, exact, probabilities, ranges, context };
      const scores = await best(FORMS, async (form) => scoresError(trial, await qkvOf(form, AS_IS)));
      // Without a sum of 1 a constant added to v is none in what the projection reads.
      const forms = attention.sumsToOne ? FORMS : FORMS.filter(({ centred }) => !centred);
      const values = await best(forms, async (form) => valuesError(trial, form, await qkvOf(AS_IS, form)));
      if (values.rotated) context.kept.set(keptName(projection), rotatedProjection(projection.weights.weight, heads));
      const rewrite = (gemm: Node) => rewriteQkv(gemm, heads, means, scores, values);
      return { ...layer, node: rewrite(node), float: { ...float, node: rewrite(float.node) } };
    },
  };
}

const keptName = ({ name }: Node) => `${name}.rotated weight`;

interface Attention {
  readonly heads: number;
  readonly scores: Node;
  /** From the scores to the probabilities, in order, without the scores. */
  readonly between: readonly Node[];
  readonly output: Node;
  readonly projection: Node;
  readonly sumsToOne: boolean;
}

interface Trial {
  readonly attention: Attention;
  /** qkv as it is, and the probabilities that it gives. */
  readonly exact: Tensor;
  readonly probabilities: Tensor;
  readonly ranges: LayerStep;
  readonly context: StepContext;
}

function attentionBehind({ nodes }: Graph, qkv: Node): Attention | null {
  const scores = nodes.find(({ op, inputs }) => op === "AttentionScores" && inputs.includes(qkv.name));
  const output = nodes.find(({ op, inputs }) => op === "AttentionOutput" && inputs[1] === qkv.name);
  if (qkv.op !== "Gemm" || !scores || !output) return null;
  const between: Node[] = [];
  for (let name = output.inputs[0]; name !== scores.name;) {
    const node = nodes.find((candidate) => candidate.name === name);
    if (!node) throw new Error(`internal: ${output.name} does not read ${scores.name}`);
    between.unshift(node);
    [name] = node.inputs;
  }
  const gate = nodes.find(({ op, inputs }) => op === "HeadGate" && inputs[0] === output.name);
  const projection = nodes.find(({ op, inputs }) => op === "Gemm" && inputs[0] === (gate ?? output).name);
  if (!projection) return null;
  const sumsToOne = !gate && between.every((node) => node.op !== "Softmax" || stretchOf(node) === null);
  return { heads: attribute(scores, "numHeads"), scores, between, output, projection, sumsToOne };
}

async function scoresError({ attention, exact, probabilities, ranges, context }: Trial, qkv: Tensor): Promise<number> {
  const { scores, output } = attention;
  const read = fakeQuantizeNode(await withRanges(scores, [qkv], ["query", "key"], ranges, context), [qkv]);
  const y = await context.runNode(output, [await probabilitiesOf(attention, read.inputs[0], context), exact]);
  return distance(y, await context.runNode(output, [probabilities, exact]), attention, context);
}

async function valuesError({ attention, probabilities, ranges, context }: Trial, { rotated }: Rewrite, qkv: Tensor): Promise<number> {
  const { output, projection, heads } = attention;
  const { runNode } = context;
  const read = fakeQuantizeNode(await withRanges(output, [probabilities, qkv], ["value"], ranges, context), [probabilities, qkv]);
  const y = await runNode(output, read.inputs);
  const weight = rotated ? rotatedProjection(projection.weights.weight, heads) : projection.weights.weight;
  const rewritten = { ...projection, weights: { ...projection.weights, weight } };
  const last = fakeQuantizeNode(await withRanges(rewritten, [y], ["input"], ranges, context), [y]);
  const quantized = await runNode(rewritten, last.inputs);
  const target = await runNode(rewritten, [await runNode(output, [probabilities, qkv])]);
  return distance(quantized, target, attention, context);
}

async function probabilitiesOf({ scores, between }: Attention, qkv: Tensor, { runNode }: StepContext): Promise<Tensor> {
  let x = await runNode(scores, [qkv]);
  for (const node of between) x = await runNode(node, [x]);
  return x;
}

/** The node with quantizers of these sites by the recipe's own rules and the range step. */
async function withRanges(
  node: Node,
  inputs: readonly Tensor[],
  sites: readonly Site[],
  ranges: LayerStep,
  context: StepContext,
): Promise<Node> {
  const observed = sites.reduce((chosen, site) => context.observe(chosen, inputs, site), node);
  const layer: Layer = { node: observed, inputs, float: { node, inputs }, inserted: [], changed: new Map() };
  return (await ranges.run(layer, context)).node;
}

/** Squared, rows counting as token-weights says. */
function distance(a: Tensor, b: Tensor, { output }: Attention, context: StepContext): number {
  const weights = rowWeights(output.name, a, context);
  const width = a.shape.at(-1) ?? 1;
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += (weights ? weights[Math.floor(i / width)] : 1) * (a.data[i] - b.data[i]) ** 2;
  return sum;
}

/** The form with the least error; the first of equals. */
async function best(forms: readonly Rewrite[], errorOf: (form: Rewrite) => Promise<number>): Promise<Rewrite> {
  let [least] = forms;
  let error = Number.POSITIVE_INFINITY;
  for (const form of forms) {
    const found = await errorOf(form);
    if (found < error) [least, error] = [form, found];
  }
  return least;
}

/** y: [...,W] -> [W] */
function columnMeans({ data, shape }: Tensor): Float64Array {
  const width = shape.at(-1) ?? 0;
  const sums = new Float64Array(width);
  for (let start = 0; start < data.length; start += width) for (let i = 0; i < width; i++) sums[i] += data[start + i];
  return sums.map((sum) => sum / (data.length / width));
}
