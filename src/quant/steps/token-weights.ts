/** How much each row of a layer's input counts in searches and solvers: the class token more than a patch. */
import { classTokenImportance } from "../relevance/token-importance.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { FloatModel } from "../recipes/recipe.ts";
import { firstOf } from "./sample-rows.ts";
import type { StepContext } from "./step.ts";

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
