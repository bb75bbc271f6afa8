/** What the weight solvers are given of a layer: its weights and running sums over what it reads. */
import { schemeOf } from "../schemes/index.ts";
import { createInputSums } from "../solvers/input-sums.ts";
import type { InputSums, LayerProblem } from "../solvers/solver.ts";
import type { Quantizer } from "../../graph/quantizer.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Layer } from "./step.ts";

/** Needs a weight quantizer on the layer. `withError`: also the sums with x - x^, x from the float path. */
export function layerProblem(layer: Layer, withError: boolean): LayerProblem {
  const { node } = layer;
  const quantizer = node.quantizers?.weight;
  if (!quantizer) throw new Error(`internal: ${node.name} has no weight quantizer to solve for`);
  const { weight, bias } = node.weights;
  const [n, k] = weight.shape;
  return { weight: weight.data, bias: bias?.data ?? null, shape: [n, k], quantizer, inputs: layerSums(layer, withError) };
}

/** The sums found last for a tensor: a range search and a solver look at the same ones. */
const known = new WeakMap<Tensor, { readonly input: Quantizer | undefined; readonly float: Tensor | null; readonly sums: InputSums }>();

/** Image by image, so that no second copy of the whole is made. */
export function layerSums({ node, inputs: [measured], float }: Layer, withError: boolean): InputSums {
  const input = node.quantizers?.input;
  const floatInput = withError ? float.inputs[0] : null;
  const before = known.get(measured);
  if (before?.input === input && before?.float === floatInput) return before.sums;
  const sums = createInputSums(measured.shape.at(-1) ?? 0, withError);
  const [images] = measured.shape;
  const read = input ? schemeOf(input).fakeQuantize(measured, input) : measured;
  const perImage = read.data.length / images;
  for (let image = 0; image < images; image++) {
    const part = (x: Tensor) => x.data.subarray(image * perImage, (image + 1) * perImage);
    if (floatInput) sums.add(part(read), part(floatInput));
    else sums.add(part(read));
  }
  const total = sums.total();
  known.set(measured, { input, float: floatInput, sums: total });
  return total;
}
