/**
 * QwT-v2 (arXiv 2505.20932): one factor and one offset per output channel that bring the quantized layer's output closest to the float layer's; both fold
 * into the weight's scale and the bias, so that they cost nothing. In the paper they follow a block; here each matrix product, where they fold exactly.
 */
import type { Node } from "../../graph/graph.ts";
import { tensor } from "../../tensor/tensor.ts";
import { schemeOf } from "../schemes/index.ts";
import { fakeQuantizeNode } from "../simulate.ts";
import { createRowAffine, type RowAffine } from "../solvers/row-affine.ts";
import type { LayerStep } from "./step.ts";

/** With fewer rows (a classifier on a few images) two numbers per channel would follow chance. */
const FEWEST_ROWS = 48;
/** Factors outside say that the layer is lost, not that it wants scaling. */
const SMALLEST = 0.5;
const LARGEST = 2;

export function correctOutput(): LayerStep {
  return {
    stage: "correcting outputs per channel",
    async run(layer, { runNode }) {
      const { node, float } = layer;
      if (node.op !== "Gemm" || !node.quantizers?.weight) return layer;
      const [x] = layer.inputs;
      if (x.data.length / (x.shape.at(-1) ?? 1) < FEWEST_ROWS) return layer;
      const executed = fakeQuantizeNode(node, layer.inputs);
      const y = await runNode(executed.node, executed.inputs);
      const target = await runNode(float.node, layer.inputs);
      const fit = createRowAffine(node.weights.weight.shape[0]);
      fit.add(y.data, target.data);
      const { factor, offset } = bounded(fit.fit(), y.data, target.data);
      const channels = factor.length;
      const output = y.data.map((value, i) => factor[i % channels] * value + offset[i % channels]);
      return { ...layer, node: withRowAffine(node, factor, offset), output: tensor(y.shape, output) };
    },
  };
}

/** Factors within bounds; where one is cut, its offset keeps the mean right. */
function bounded({ factor, offset }: RowAffine, y: Float32Array, target: Float32Array): Pick<RowAffine, "factor" | "offset"> {
  const n = factor.length;
  const rows = y.length / n;
  const mean = (values: Float32Array, channel: number) => {
    let sum = 0;
    for (let i = channel; i < values.length; i += n) sum += values[i];
    return sum / rows;
  };
  const cut = factor.map((a) => Math.min(LARGEST, Math.max(SMALLEST, a)));
  return { factor: cut, offset: offset.map((c, i) => (cut[i] === factor[i] ? c : mean(target, i) - cut[i] * mean(y, i))) };
}

/** a (W x + b) + c: the rows' scales take a, codes stay, the bias takes the rest. */
function withRowAffine(node: Node, factor: Float32Array, offset: Float32Array): Node {
  const quantizer = node.quantizers?.weight;
  const { weight, bias } = node.weights;
  const [n, k] = weight.shape;
  if (!quantizer) throw new Error(`internal: ${node.name} has no weight quantizer`);
  const perRow = quantizer.scale.length / n;
  const before = schemeOf(quantizer);
  const scaled = { ...quantizer, scale: quantizer.scale.map((s, i) => s * factor[Math.floor(i / perRow)]) };
  const run = weight.data.length / quantizer.scale.length;
  const data = weight.data.map((w, i) => {
    const entry = Math.floor(i / run);
    return before.dequantize(before.quantize(w, quantizer, entry), scaled, entry);
  });
  const shifted = Float32Array.from({ length: n }, (_, row) => factor[row] * (bias?.data[row] ?? 0) + offset[row]);
  const weights = { ...node.weights, weight: tensor([n, k], data), bias: tensor([n], shifted) };
  return { ...node, weights, quantizers: { ...node.quantizers, weight: scaled } };
}
