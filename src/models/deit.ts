/**
 * Data-efficient image Transformers (Touvron et al. 2021), plain and distilled: a ViT with another preprocessing, and when distilled a second
 * token and head. Plain DeiT has ViT's tensors, so that only a configuration can tell it.
 */
import { imagenetColours, type PreprocessingDefaults } from "./preprocessing.ts";
import { isNamed } from "./settings.ts";
import { vitLikeness } from "./tensor-names.ts";
import { vitFamily } from "./vit-family.ts";

export const deitPreprocessing: PreprocessingDefaults = { ...imagenetColours, huggingface: { scale: 256 / 224, interpolation: "bicubic" } };

export const deit = vitFamily(
  { name: "deit", label: "DeiT", network: "plain ViT or DeiT", preprocessing: deitPreprocessing },
  (files, names) => (names.prefix === "deit" || names.source.has("dist_token") || isNamed(files.config, /^deit/i) ? vitLikeness(names) : 0),
);
