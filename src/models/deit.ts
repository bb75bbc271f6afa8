/**
 * Data-efficient image Transformers (Touvron et al. 2021), plain and distilled: a ViT with another preprocessing, and when distilled a second
 * token and head. Plain DeiT has ViT's tensors, so that only a configuration can tell it.
 */
import type { ModelFiles } from "../formats/open-model.ts";
import { describeVit } from "./describe-vit.ts";
import type { Family } from "./family.ts";
import { findField } from "./settings.ts";
import { mapNames, vitLikeness } from "./tensor-names.ts";
import { buildVit } from "./vit-graph.ts";

export const deit: Family = {
  name: "deit",
  match(files) {
    const names = mapNames(files.weights.names);
    const isDeit = names.prefix === "deit" || names.source.has("dist_token") || isNamedDeit(files);
    return isDeit ? vitLikeness(names) : 0;
  },
  describe: (files, overrides) => describeVit(files, "deit", overrides),
  build: buildVit,
};

function isNamedDeit({ config }: ModelFiles): boolean {
  const named = ["architecture", "model_type"].map((path) => findField(config, [path])?.value);
  return named.some((name) => typeof name === "string" && /^deit/i.test(name));
}
