/**
 * The vision tower of SigLIP (Zhai et al. 2023, arXiv 2303.15343): a ViT without class token, GELU in its tanh form, whose tokens a learned query attends to.
 * timm's `vit_*_siglip_*` and Hugging Face's SiglipModel, SiglipVisionModel and SiglipForImageClassification.
 */
import { halfColours } from "./preprocessing.ts";
import { isNamed } from "./settings.ts";
import { mapNames, vitLikeness, vitNaming, type Naming } from "./tensor-names.ts";
import { vitFamily } from "./vit-family.ts";
import type { VitVariant } from "./vit-variant.ts";

const text = /^(text_model\.|logit_scale$|logit_bias$)/;
const naming: Naming = { ...vitNaming, useless: new RegExp(`${vitNaming.useless.source}|${text.source}`) };

const variant: VitVariant = {
  name: "siglip",
  label: "SigLIP vision tower",
  network: "SigLIP vision tower",
  preprocessing: { ...halfColours, huggingface: { scale: 1, interpolation: "bicubic" } },
  epsilon: 1e-6,
  gelu: () => "tanh",
  pooling: (_files, names) => (names.naming === "huggingface" && !names.source.has("attn_pool.latent") ? "mean" : undefined),
  names: (fileNames) => mapNames(fileNames, naming),
  notes: ({ weights }) =>
    weights.names.some((name) => text.test(name)) ? ["The text tower is left out: only the vision tower is run."] : [],
};

export const siglip = vitFamily(variant, (files, names) => {
  const isTower = names.prefix === "vision_model" && !names.source.has("cls_token");
  return names.source.has("attn_pool.latent") || isTower || isNamed(files.config, /siglip/i) ? vitLikeness(names) : 0;
});
