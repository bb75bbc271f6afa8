/**
 * Vision Transformers with simplified linear attention (Guo et al.: SLAB, ICML 2024, arXiv 2405.11582), in the authors' names: `slab_deit_*`. Their norms are RepBN, which
 * folds; the mean of the patches is classified, and the class token that the files keep has no part in it.
 */
import { imagenetColours } from "./preprocessing.ts";
import { mapNames, vitLikeness, vitNaming } from "./tensor-names.ts";
import { vitFamily } from "./vit-family.ts";

const naming = {
  ...vitNaming,
  ours: new RegExp(`^(?!cls_token)${vitNaming.ours.source.slice(1)}`),
  useless: new RegExp(`${vitNaming.useless.source}|^cls_token$`),
};

export const slab = vitFamily(
  {
    name: "slab",
    label: "ViT with linear attention (SLAB)",
    network: "Vision Transformer with simplified linear attention",
    preprocessing: { ...imagenetColours, huggingface: { scale: 1, interpolation: "bicubic" } },
    epsilon: 1e-6,
    names: (fileNames) => mapNames(fileNames, naming),
    notes: () => ["Attention has no softmax here; its two sums run in float, whatever the layers around it are quantized to."],
  },
  (_files, names) => (names.source.has("blocks.0.attn.dwc.weight") ? vitLikeness(names) : 0),
);
