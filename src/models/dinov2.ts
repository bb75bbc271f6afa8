/**
 * DINOv2 (Oquab et al. 2024, arXiv 2304.07193), with and without registers (Darcet et al. 2024, arXiv 2309.16588): a ViT with LayerScale, in the largest size with
 * SwiGLU, whose positions for 37 x 37 patches are resampled to the images it is run on. The authors' names, timm's and Hugging Face's.
 */
import { booleanField, isNamed, sizeField } from "./settings.ts";
import { imagenetColours } from "./preprocessing.ts";
import { vitLikeness } from "./tensor-names.ts";
import { vitFamily } from "./vit-family.ts";
import type { VitVariant } from "./vit-variant.ts";

const variant: VitVariant = {
  name: "dinov2",
  label: "DINOv2",
  network: "DINOv2 model",
  preprocessing: { ...imagenetColours, cropPct: 1, huggingface: { scale: 256 / 224, interpolation: "bicubic", resize: "shortest" } },
  epsilon: 1e-6,
  gelu: () => "none",
  pooling: (_files, names) => (names.source.has("cls_token") ? "token" : undefined),
  // Hugging Face's processor makes smaller images than the positions are for; the model resamples them.
  runSize: ({ preprocessor }) =>
    preprocessor && booleanField(preprocessor, ["do_center_crop"]) === true ? sizeField(preprocessor, ["crop_size"]) : null,
};

export const dinov2 = vitFamily(variant, (files, names) => {
  const named = names.prefix?.startsWith("dinov2") === true || isNamed(files.config, /dinov2/i);
  // The authors' own files have a token for masking, and a scale for each layer.
  const authors = names.source.has("blocks.0.ls1.gamma") && files.weights.has("mask_token") && names.source.has("pos_embed");
  return named || authors ? vitLikeness(names) : 0;
});
