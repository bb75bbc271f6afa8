/** Vision Transformers (Dosovitskiy et al. 2021): timm's `vit_*` and Hugging Face's ViTForImageClassification. */
import { describeVit } from "./describe-vit.ts";
import type { Family } from "./family.ts";
import { mapNames, vitLikeness } from "./tensor-names.ts";
import { buildVit } from "./vit-graph.ts";

export const vit: Family = {
  name: "vit",
  // A little below DeiT's certainty: what only DeiT has decides between the two.
  match: (files) => 0.9 * vitLikeness(mapNames(files.weights.names)),
  describe: (files, overrides) => describeVit(files, "vit", overrides),
  build: buildVit,
};
