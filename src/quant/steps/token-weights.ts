/** How much each row of a layer's input counts in searches and solvers: the class token more than a patch, tokens with a large residual stream less. */
import { classTokenImportance } from "../relevance/token-importance.ts";
import { tensor, type Tensor } from "../../tensor/tensor.ts";
import type { FloatModel } from "../recipes/recipe.ts";
import { firstOf } from "./sample-rows.ts";
import type { Layer, StepContext } from "./step.ts";

const PROBE_IMAGES = 4;

/** For `Recipe.prepare`: the importance of the class token by block prefix. */
export function prepareTokenWeights({ images, ...model }: FloatModel): Promise<ReadonlyMap<string, number>> {
  return classTokenImportance({ ...model, images: firstOf(images, PROBE_IMAGES) });
}

/** The class token's weight against 1 of a patch: the square root of its importance after the layer's block, for qkv (which reads the block before) before it. */
export function classTokenWeight(layer: string, { prepared }: Pick<StepContext, "prepared">): number {
  const block = /^blocks\.(\d+)\./.exec(layer);
  if (!block) return 1;
  const index = Number(block[1]) - (layer.endsWith(".attn.qkv") ? 1 : 0);
  return Math.sqrt(prepared.get(`blocks.${index}.`) ?? 1);
}

/** [B * N] weights of the rows of x: [B,N,D]; null for inputs without tokens. */
export function rowWeights(name: string, x: Tensor, context: Pick<StepContext, "prepared">): Float64Array<ArrayBuffer> | null {
  if (x.shape.length !== 3) return null;
  const [images, tokens] = x.shape;
  const weight = classTokenWeight(name, context);
  return Float64Array.from({ length: images * tokens }, (_, row) => (row % tokens === 0 ? weight : 1));
}

/**
 * The same, and for layers that write to the residual stream divided by the variance of the stream after them: the next LayerNormalization divides by it,
 * so an error on a token with massive activations is worth little.
 */
export async function outputWeights({ node, float }: Layer, context: StepContext): Promise<Float64Array<ArrayBuffer> | null> {
  const weights = rowWeights(node.name, float.inputs[0], context);
  const add = context.graph.nodes.find(({ op, inputs }) => op === "Add" && inputs.includes(node.name));
  const residual = add?.inputs.find((name) => name !== node.name);
  if (!weights || residual === undefined) return weights;
  const branch = await context.runNode(float.node, float.inputs);
  const stream = sum(context.floatValue(residual), branch);
  const width = stream.shape.at(-1) ?? 1;
  return weights.map((weight, row) => weight / (variance(stream.data.subarray(row * width, (row + 1) * width)) + 1e-6));
}

function sum(a: Tensor, b: Tensor): Tensor {
  return tensor(
    a.shape,
    a.data.map((value, i) => value + b.data[i]),
  );
}

function variance(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return squares / values.length;
}
