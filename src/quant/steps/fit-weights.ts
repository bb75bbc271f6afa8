/**
 * Rounds a layer's weights on the weighted covariance of its quantized inputs and then sets the bias so that the layer's mean output is the float layer's:
 *   H = sum_t w_t (x^_t - m)(x^_t - m)^T,  m = sum_t w_t x^_t,   b' = b + W mean_w(x) - W^ m.
 * What the mean can absorb is left to the bias, so the solver spends its rounding on the rest. Rows count as token-weights says.
 */
import type { Node } from "../../graph/graph.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { schemeOf } from "../schemes/index.ts";
import type { WeightSolver } from "../solvers/solver.ts";
import { withSolution } from "./solve-weights.ts";
import { rowProducts } from "./row-products.ts";
import { acceptsOwnWeights } from "../rules/accepts.ts";
import type { LayerStep, StepContext } from "./step.ts";
import { rowWeights } from "./token-weights.ts";

export function fitWeights(solver: WeightSolver): LayerStep {
  return {
    stage: `rounding weights: ${solver.label}`,
    accepts: acceptsOwnWeights,
    needsFloat: true,
    async run(layer, context) {
      if (layer.node.op !== "Gemm") return layer;
      const node = context.observe(layer.node, layer.inputs, "weight");
      const quantizer = node.quantizers?.weight;
      if (!quantizer) return layer;
      const input = node.quantizers?.input;
      const read = input ? schemeOf(input).fakeQuantize(layer.inputs[0], input) : layer.inputs[0];
      const weights = rowWeights(node.name, read, context);
      const mean = weightedMean(read, weights);
      const gram = damped(await covariance(read, weights, mean, context), mean.length, read.data.length / mean.length);
      const inputs = { count: 1, gram, sum: new Float64Array(mean.length) };
      const { weight, bias } = node.weights;
      const [n, k] = weight.shape;
      const solution = solver.solve({ weight: weight.data, bias: bias?.data ?? null, shape: [n, k], quantizer, inputs });
      const target = affine(layer.float.node, weightedMean(layer.float.inputs[0], weights));
      const offset = affine({ ...node, weights: { ...node.weights, weight: { ...weight, data: solution.weight } } }, mean);
      const corrected = Float32Array.from({ length: n }, (_, row) => (bias?.data[row] ?? 0) + target[row] - offset[row]);
      return { ...layer, node: withSolution(node, { ...solution, bias: corrected }) };
    },
  };
}

/** W x + b in f64. */
function affine({ weights: { weight, bias } }: Pick<Node, "weights">, x: Float64Array): Float64Array {
  const [n, k] = weight.shape;
  return Float64Array.from({ length: n }, (_, row) => {
    let sum = bias?.data[row] ?? 0;
    for (let i = 0; i < k; i++) sum += weight.data[row * k + i] * x[i];
    return sum;
  });
}

/**
 * Adds to the diagonal, in units of its mean, 1 % and more where rows are few beside unknowns (a classifier sees one row per image): directions that the
 * calibration images do not show must not be free.
 */
function damped(gram: Float64Array<ArrayBuffer>, k: number, rows: number): Float64Array<ArrayBuffer> {
  let trace = 0;
  for (let i = 0; i < k; i++) trace += gram[i * k + i];
  const added = (trace / k) * (0.01 + 0.05 * Math.min(10, k / rows));
  for (let i = 0; i < k; i++) gram[i * k + i] += added;
  return gram;
}

function weightedMean({ data, shape }: Tensor, weights: Float64Array | null): Float64Array {
  const width = shape.at(-1) ?? 0;
  const mean = new Float64Array(width);
  let total = 0;
  for (let row = 0; row * width < data.length; row++) {
    const weight = weights ? weights[row] : 1;
    total += weight;
    for (let i = 0; i < width; i++) mean[i] += weight * data[row * width + i];
  }
  return mean.map((sum) => sum / total);
}

/** Centred rows, scaled by the square root of their share. x: [B,...,K] -> [K,K] */
function covariance(
  { data }: Tensor,
  weights: Float64Array | null,
  mean: Float64Array,
  { runNode }: StepContext,
): Promise<Float64Array<ArrayBuffer>> {
  const width = mean.length;
  const rows = data.length / width;
  const total = weights ? weights.reduce((sum, weight) => sum + weight, 0) : rows;
  const centred = new Float32Array(data.length);
  for (let row = 0; row < rows; row++) {
    const share = Math.sqrt((weights ? weights[row] : 1) / total);
    for (let i = row * width, c = 0; c < width; i++, c++) centred[i] = share * (data[i] - mean[c]);
  }
  return rowProducts(centred, width, centred, width, runNode);
}
