/** All dialects: one line each. */
import type { ModelFiles } from "../../formats/open-model.ts";
import { translate, type Dialect } from "./dialect.ts";
import { fromScratch } from "./from-scratch.ts";
import { jax } from "./jax.ts";
import { torchAttention } from "./torch-attention.ts";
import { torchvision } from "./torchvision.ts";

export const dialects: readonly Dialect[] = [torchvision, jax, fromScratch, torchAttention];

/** The files in timm's names, and the dialect that they were in; files in timm's or Hugging Face's own names as they are. */
export function inTimmNames(files: ModelFiles): { readonly files: ModelFiles; readonly dialect: string | null } {
  const dialect = dialects.find((each) => each.matches(files.weights.names));
  return dialect ? { files: translate(files, dialect), dialect: dialect.name } : { files, dialect: null };
}
