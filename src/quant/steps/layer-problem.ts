/** What the weight solvers are given of a layer: its weights and running sums over what it reads. */
import { schemeOf } from "../schemes/index.ts";
import { addRows } from "../linear-algebra/gram.ts";
import type { InputSums, LayerProblem } from "../solvers/solver.ts";
import type { Quantizer } from "../../graph/quantizer.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { rowProducts } from "./row-products.ts";
import type { Layer, StepContext } from "./step.ts";

/** Needs a weight quantizer on the layer. `withError`: also the sums with x - x^, x from the float path. */
export async function layerProblem(layer: Layer, withError: boolean, context: StepContext): Promise<LayerProblem> {
  const { node } = layer;
  const quantizer = node.quantizers?.weight;
  if (!quantizer) throw new Error(`internal: ${node.name} has no weight quantizer to solve for`);
  const { weight, bias } = node.weights;
  const [n, k] = weight.shape;
  return { weight: weight.data, bias: bias?.data ?? null, shape: [n, k], quantizer, inputs: await layerSums(layer, withError, context) };
}

/** The sums found last for a tensor: a range search and a solver look at the same ones. */
const known = new WeakMap<Tensor, { readonly input: Quantizer | undefined; readonly float: Tensor | null; readonly sums: InputSums }>();

export async function layerSums(
  { node, inputs: [measured], float }: Layer,
  withError: boolean,
  { runNode }: StepContext,
): Promise<InputSums> {
  const input = node.quantizers?.input;
  const floatInput = withError ? float.inputs[0] : null;
  const before = known.get(measured);
  if (before?.input === input && before?.float === floatInput) return before.sums;
  const k = measured.shape.at(-1) ?? 0;
  const { data: read } = input ? schemeOf(input).fakeQuantize(measured, input) : measured;
  const gram = await rowProducts(read, k, read, k, runNode);
  let sums: InputSums = { count: read.length / k, gram, sum: columnSums(read, k) };
  if (floatInput) {
    const error = floatInput.data.map((x, i) => x - read[i]);
    sums = { ...sums, error: { gram: await rowProducts(error, k, read, k, runNode), sum: columnSums(error, k) } };
  }
  known.set(measured, { input, float: floatInput, sums });
  return sums;
}

function columnSums(rows: Float32Array, k: number): Float64Array<ArrayBuffer> {
  const sums = new Float64Array(k);
  addRows(sums, rows, k);
  return sums;
}
