/**
 * The encoder of a masked autoencoder (He et al. 2022, arXiv 2111.06377): a plain ViT that sees all patches here. The decoder, which only pretraining needs, is left
 * out. The authors' names (also timm's) and Hugging Face's ViTMAEForPreTraining.
 */
import { imagenetColours } from "./preprocessing.ts";
import { mapNames, vitLikeness, vitNaming, type Naming } from "./tensor-names.ts";
import { isNamed } from "./settings.ts";
import { vitFamily } from "./vit-family.ts";
import type { VitVariant } from "./vit-variant.ts";

const decoder = /^decoder(_|\.)/;
const naming: Naming = { ...vitNaming, useless: new RegExp(`${vitNaming.useless.source}|${decoder.source}`) };

const variant: VitVariant = {
  name: "mae",
  label: "MAE encoder",
  network: "masked autoencoder",
  preprocessing: { ...imagenetColours, huggingface: { scale: 1, interpolation: "bicubic" } },
  pooling: () => "token",
  names: (fileNames) => mapNames(fileNames, naming),
  notes: ({ weights }) =>
    weights.names.some((name) => decoder.test(name))
      ? ["The decoder is left out: it only serves to restore masked patches in pretraining."]
      : [],
};

export const mae = vitFamily(variant, (files, names) =>
  files.weights.names.some((name) => decoder.test(name)) || isNamed(files.config, /mae/i) ? vitLikeness(names) : 0,
);
