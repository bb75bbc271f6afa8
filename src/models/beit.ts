/**
 * BEiT, BEiT v2 and Data2Vec-Vision (Bao et al. 2022, arXiv 2106.08254): a ViT whose attention has a bias by relative position instead of (or beside) absolute
 * positions, no bias for keys, a LayerScale, and pools by the mean of the patches.
 */
import { halfColours } from "./preprocessing.ts";
import { booleanField } from "./settings.ts";
import { hasRelativePositions, vitLikeness } from "./tensor-names.ts";
import { vitFamily } from "./vit-family.ts";
import type { VitVariant } from "./vit-variant.ts";

const variant: VitVariant = {
  name: "beit",
  label: "BEiT",
  network: "BEiT model",
  preprocessing: { ...halfColours, huggingface: { scale: 1, interpolation: "bicubic" } },
  gelu: () => "none",
  pooling(files, names) {
    if (names.source.has("fc_norm.weight")) return "mean";
    return booleanField(files.config, ["use_mean_pooling"]) === true ? "mean" : "token";
  },
};

export const beit = vitFamily(variant, (_files, names) =>
  (hasRelativePositions(names.source) && !names.source.has("layers.0.blocks.0.norm1.weight")) || names.prefix === "beit"
    ? vitLikeness(names)
    : 0,
);
