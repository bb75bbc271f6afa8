/**
 * NormQuant of UQ-ViT (ptq-wide 1.3.12): per-channel factors between activation and weight before both are quantized, x / r and W diag(r), with a share
 * alpha of the weights' own spread:
 *   behind a LayerNormalization (qkv, fc1): r = (s_c / mean s)^(1 - alpha) / (w_c / mean w)^alpha, with each channel shifted to the middle of its range;
 *   elsewhere (proj, fc2): r = max(1, a_c / mean a)^(1 - alpha) / (w_c / mean w)^alpha, without a shift.
 * s_c: step of the channel's range, a_c: its largest magnitude, w_c: largest magnitude of the weight's column. alpha is the one with the smallest error of
 * the layer's output on sampled rows (the paper: of the block).
 */
import type { Node } from "../../graph/graph.ts";
import { tensor, type Tensor } from "../../tensor/tensor.ts";
import { channelsOf } from "../observers/channels.ts";
import { endsOf } from "../observers/ends.ts";
import type { Factors } from "../passes/reparameterize-layer-norm.ts";
import { fakeQuantizeNode } from "../simulate.ts";
import { absorbFactors, balanced } from "./reparameterize-input.ts";
import { sampleRows, squaredDistance } from "./sample-rows.ts";
import type { Layer, LayerStep, StepContext } from "./step.ts";

const AFTER_NORM = [0, 0.05, 0.1, 0.15, 0.2, 0.25];
const ELSEWHERE = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];
const ROWS = 256;

export function normQuant(): LayerStep {
  return {
    stage: "balancing channels",
    async run(layer, context) {
      const { node } = layer;
      if (node.op !== "Gemm" || !node.quantizers?.input) return layer;
      const producer = context.graph.nodes.find(({ name }) => name === node.inputs[0])?.op;
      const afterNorm = producer === "LayerNormalization";
      if (!afterNorm && producer !== "Gelu" && producer !== "AttentionOutput") return layer;
      const spread = spreadOf(layer, afterNorm);
      const rows = sampleRows(layer.inputs[0], ROWS);
      const target = await context.runNode(plain(layer.node), [batch(rows)]);
      let best = afterNorm ? null : layer;
      let bestError = best ? await outputError(best, rows, null, target, context) : Number.POSITIVE_INFINITY;
      for (const alpha of afterNorm ? AFTER_NORM : ELSEWHERE) {
        const factors = factorsOf(spread, alpha, afterNorm);
        const candidate = requantized(layer, factors, context);
        const error = await outputError(candidate, rows, factors, target, context);
        if (error < bestError) [best, bestError] = [candidate, error];
      }
      return best ?? layer;
    },
  };
}

interface Spread {
  /** [C] each. */
  readonly activation: Float32Array;
  readonly middle: Float32Array;
  readonly weight: Float32Array;
}

function spreadOf({ node, inputs: [x] }: Layer, afterNorm: boolean): Spread {
  const ends = channelsOf(x, -1).map(endsOf);
  const { data, shape } = node.weights.weight;
  const [n, k] = shape;
  const weight = new Float32Array(k);
  for (let row = 0; row < n; row++) for (let c = 0; c < k; c++) weight[c] = Math.max(weight[c], Math.abs(data[row * k + c]));
  const size = ({ low, high }: { low: number; high: number }) => (afterNorm ? high - low : Math.max(Math.abs(low), Math.abs(high)));
  return {
    activation: Float32Array.from(ends, (range) => Math.max(size(range), 1e-12)),
    middle: Float32Array.from(ends, ({ low, high }) => (low + high) / 2),
    weight: weight.map((value) => Math.max(value, 1e-12)),
  };
}

function factorsOf({ activation, middle, weight }: Spread, alpha: number, afterNorm: boolean): Factors {
  const meanActivation = mean(activation);
  const meanWeight = mean(weight);
  const r = activation.map((a, c) => {
    const ratio = afterNorm ? a / meanActivation : Math.max(1, a / meanActivation);
    return Math.max(1e-6, ratio ** (1 - alpha) / (weight[c] / meanWeight) ** alpha);
  });
  return { r, b: afterNorm ? middle.map((m, c) => m / r[c]) : new Float32Array(r.length) };
}

/** The layer with the factors, and both quantizers found again by the recipe's rules. */
function requantized(layer: Layer, factors: Factors, context: StepContext): Layer {
  const input = layer.node.quantizers?.input;
  if (!input) throw new Error(`internal: ${layer.node.name} has no input quantizer`);
  const rewritten = absorbFactors(layer, factors, input, context);
  const observed = context.observe(rewritten.node, rewritten.inputs, "input");
  return { ...rewritten, node: context.observe(observed, rewritten.inputs, "weight") };
}

async function outputError({ node }: Layer, rows: Tensor, factors: Factors | null, target: Tensor, context: StepContext): Promise<number> {
  const weighed = node.quantizers?.weight ? node : context.observe(node, [], "weight");
  const x = batch(factors ? balanced(rows, factors) : rows);
  const executed = fakeQuantizeNode(weighed, [x]);
  return squaredDistance(await context.runNode(executed.node, executed.inputs), target);
}

function plain({ quantizers: _quantizers, ...node }: Node): Node {
  return node;
}

/** [R,K] -> [1,R,K] */
function batch({ data, shape }: Tensor): Tensor {
  return tensor([1, ...shape], data);
}

function mean(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
