/** All dialects: one line each. */
import type { ModelFiles } from "../../formats/open-model.ts";
import { translate, type Dialect } from "./dialect.ts";
import { fromScratch } from "./from-scratch.ts";
import { jax } from "./jax.ts";
import { torchAttention } from "./torch-attention.ts";
import { torchEncoder } from "./torch-encoder.ts";
import { torchvision } from "./torchvision.ts";
import { vitPytorch } from "./vit-pytorch.ts";

export const dialects: readonly Dialect[] = [torchvision, jax, fromScratch, torchAttention, torchEncoder, vitPytorch];

export interface Translated {
  readonly files: ModelFiles;
  /** null: timm's or Hugging Face's own names. */
  readonly dialect: string | null;
  /** Fields of the card that the files do not state and the code base only presets. */
  readonly assumed: readonly string[];
}

/** The files in timm's names. */
export function inTimmNames(files: ModelFiles): Translated {
  const dialect = dialects.find((each) => each.matches(files.weights.names));
  if (!dialect) return { files, dialect: null, assumed: [] };
  return { ...translate(files, dialect), dialect: dialect.name };
}
