/**
 * PTQ4ViT's search (ptq-wide 1.3.2): scales of weights and inputs on a linear grid around the range, in turns, each by the error of the layer's output.
 * The released program weighs that error with gradients that are numerically zero; here every output element counts alike. Weights have one scale per
 * third of qkv and one per other layer. Bounds are ours: 40 candidates, 2 rounds, 128 rows (paper: 100, 3, all).
 */
import type { Node } from "../../graph/graph.ts";
import type { Quantizer } from "../../graph/quantizer.ts";
import { tensor, type Tensor } from "../../tensor/tensor.ts";
import { schemeOf } from "../schemes/index.ts";
import { proxyErrors } from "../solvers/proxy.ts";
import { layerSums } from "./layer-problem.ts";
import { sampleRows } from "./sample-rows.ts";
import { acceptsOwnWeights } from "../rules/accepts.ts";
import type { Layer, LayerStep, StepContext } from "./step.ts";

const CANDIDATES = 40;
const ROUNDS = 2;
const ROWS = 128;

export function searchScales(): LayerStep {
  return {
    stage: "searching scales by output error",
    accepts: acceptsOwnWeights,
    async run(layer, context) {
      const { node } = layer;
      if (node.op !== "Gemm") return layer;
      let found = context.observe(node, layer.inputs, "weight");
      const input = found.quantizers?.input;
      const weight = found.quantizers?.weight;
      if (!weight) return layer;
      const rows = sampleRows(layer.inputs[0], ROWS);
      const thirds = context.graph.nodes.some(({ op, inputs }) => op === "AttentionScores" && inputs.includes(node.name)) ? 3 : 1;
      for (let round = 0; round < ROUNDS; round++) {
        found = await withWeightScales({ ...layer, node: found }, weight, thirds, context);
        if (input?.scheme === "symmetric") found = await withInputScale(found, rows, input, context);
      }
      return { ...layer, node: found };
    },
  };
}

/** alpha in (0, 1.2]. */
const factors = Array.from({ length: CANDIDATES }, (_, i) => Math.fround((1.2 * (i + 1)) / CANDIDATES));

/** Each group of rows with the factor of the largest range whose rounded weights leave the least error, by the inputs' Gram matrix. */
async function withWeightScales(layer: Layer, weight: Quantizer, groups: number, context: StepContext): Promise<Node> {
  const { data, shape } = layer.node.weights.weight;
  const [n, k] = shape;
  const { gram } = await layerSums(layer, false, context);
  const rowsOf = (group: number) => [(n / groups) * group, (n / groups) * (group + 1)] as const;
  const scale = new Float32Array(n);
  for (let group = 0; group < groups; group++) {
    const [from, to] = rowsOf(group);
    const largest = Math.max(...weight.scale.subarray(from, to));
    const part = data.slice(from * k, to * k);
    let bestError = Number.POSITIVE_INFINITY;
    for (const factor of factors) {
      const step = Math.fround(largest * factor);
      const quantizer = { ...weight, scale: Float32Array.of(step), zeroPoint: weight.zeroPoint.slice(0, 1), axis: null };
      const restored = schemeOf(quantizer).fakeQuantize(tensor([to - from, k], part), quantizer);
      const error = proxyErrors(part, restored.data, gram, k).reduce((sum, value) => sum + value, 0);
      if (error < bestError) {
        bestError = error;
        scale.fill(step, from, to);
      }
    }
  }
  return { ...layer.node, quantizers: { ...layer.node.quantizers, weight: { ...weight, scale } } };
}

/** The input's factor with the least ||X^ W^T - X W^T||^2 on sampled rows; all candidates go through one product. */
async function withInputScale(node: Node, rows: Tensor, input: Quantizer, { runNode }: StepContext): Promise<Node> {
  const { weight } = node.weights;
  const quantizers = factors.map((factor) => ({ ...input, scale: input.scale.map((s) => s * factor) }));
  const weightQuantizer = node.quantizers?.weight;
  if (!weightQuantizer) return node;
  const rounded = schemeOf(weightQuantizer).fakeQuantize(weight, weightQuantizer);
  const product = (x: Tensor, w: Tensor) =>
    runNode({ name: "search", op: "Gemm", inputs: ["x"], attributes: {}, weights: { weight: w } }, [tensor([1, ...x.shape], x.data)]);
  const [count, width] = rows.shape;
  const stacked = new Float32Array(quantizers.length * rows.data.length);
  quantizers.forEach((quantizer, c) => stacked.set(schemeOf(quantizer).fakeQuantize(rows, quantizer).data, c * rows.data.length));
  const target = (await product(rows, weight)).data;
  const { data } = await product(tensor([quantizers.length * count, width], stacked), rounded);
  const errors = quantizers.map((_, c) => {
    let error = 0;
    for (let i = 0; i < target.length; i++) error += (data[c * target.length + i] - target[i]) ** 2;
    return error;
  });
  const best = quantizers[errors.indexOf(Math.min(...errors))];
  return { ...node, quantizers: { ...node.quantizers, input: best } };
}
