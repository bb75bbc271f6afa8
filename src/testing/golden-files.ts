/** Files of the golden models, changed for a test. */
import type { JsonObject } from "../formats/json.ts";
import type { ModelFiles } from "../formats/open-model.ts";
import { zeros } from "../tensor/tensor.ts";
import { goldenModel, type GoldenNaming } from "./golden-models.ts";

/** One of them, changed. */
export async function goldenFiles(name: string, naming: GoldenNaming, changes: Partial<ModelFiles> = {}): Promise<ModelFiles> {
  const found = (await goldenModel(name)).files[naming];
  if (!found) throw new Error(`${name} has no ${naming} names`);
  return { ...found, ...changes };
}

/** The same file with one more tensor, or one of another shape. */
export function withTensor(given: ModelFiles, name: string, shape: readonly number[]): ModelFiles {
  const { weights } = given;
  return {
    ...given,
    weights: {
      ...weights,
      names: [...weights.names.filter((other) => other !== name), name],
      shape: (other) => (other === name ? shape : weights.shape(other)),
      dtype: (other) => (other === name ? "F32" : weights.dtype(other)),
      read: (other) => (other === name ? Promise.resolve(zeros(shape)) : weights.read(other)),
    },
  };
}

/** With other settings in its configuration. */
export const configured = (given: ModelFiles, changes: JsonObject): ModelFiles => ({ ...given, config: { ...given.config, ...changes } });
