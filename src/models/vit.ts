/** Vision Transformers (Dosovitskiy et al. 2021): timm's `vit_*` and Hugging Face's ViTForImageClassification. */
import { halfColours, type PreprocessingDefaults } from "./preprocessing.ts";
import { vitLikeness } from "./tensor-names.ts";
import { vitFamily } from "./vit-family.ts";

export const vitPreprocessing: PreprocessingDefaults = { ...halfColours, huggingface: { scale: 1, interpolation: "bilinear" } };

export const vit = vitFamily(
  { name: "vit", label: "ViT", network: "plain ViT or DeiT", preprocessing: vitPreprocessing },
  // A little below the certainty of the others: what only they have decides.
  (_files, names) => 0.9 * vitLikeness(names),
);
