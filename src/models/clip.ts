/**
 * The vision tower of CLIP (Radford et al. 2021, arXiv 2103.00020): a ViT with a norm before the blocks, QuickGELU in OpenAI's weights, and a projection into the space
 * shared with texts. timm's `vit_*_clip_*` and Hugging Face's CLIPModel, CLIPVisionModel(WithProjection) and CLIPForImageClassification.
 */
import { clipColours, type PreprocessingDefaults } from "./preprocessing.ts";
import { isNamed, numberField } from "./settings.ts";
import { mapNames, vitLikeness, vitNaming, type NameMap, type Naming } from "./tensor-names.ts";
import { vitFamily } from "./vit-family.ts";
import type { VitVariant } from "./vit-variant.ts";

const text = /^(text_model\.|text_projection|logit_scale$|logit_bias$)/;
const naming: Naming = { ...vitNaming, useless: new RegExp(`${vitNaming.useless.source}|${text.source}`) };

const preprocessing: PreprocessingDefaults = {
  ...clipColours,
  cropPct: 1,
  huggingface: { scale: 1, interpolation: "bicubic", resize: "shortest" },
};

/** Widths that CLIP projects to; no data set has so many classes. */
const projectionWidths: readonly (number | null)[] = [512, 640, 768, 1024, 1280];

/** Hugging Face's classifier reads the mean of the patches, past the last norm, which only the pooled class token gets. */
function names(fileNames: readonly string[]): NameMap {
  const mapped = mapNames(fileNames, naming);
  if (!mapped.source.get("head.weight")?.endsWith("classifier.weight")) return mapped;
  const isUnused = (name: string) => name.startsWith("norm.");
  const source = new Map([...mapped.source].filter(([name]) => !isUnused(name)));
  return { ...mapped, source, ignored: [...mapped.ignored, ...[...mapped.source.keys()].filter(isUnused)] };
}

const isClassifier = ({ naming: style, source }: NameMap) =>
  style === "huggingface" && source.get("head.weight")?.endsWith("classifier.weight") === true;

const variant: VitVariant = {
  name: "clip",
  label: "CLIP vision tower",
  network: "CLIP vision tower",
  preprocessing,
  epsilon: 1e-5,
  gelu: (files, found) => (found.naming === "huggingface" || isNamed(files.config, /quickgelu/i) ? "sigmoid" : "none"),
  pooling: (_files, found) => (isClassifier(found) ? "mean" : found.naming === "huggingface" ? "token" : undefined),
  projects: ({ config, weights }, found) => {
    const file = found.source.get("head.weight");
    if (file === undefined) return false;
    return (
      file.endsWith("visual_projection.weight") ||
      (!isClassifier(found) && projectionWidths.includes(numberField(config, ["num_classes"]) ?? weights.shape(file)[0]))
    );
  },
  names,
  notes: ({ weights }) =>
    weights.names.some((name) => text.test(name)) ? ["The text tower is left out: only the vision tower is run."] : [],
};

export const clip = vitFamily(variant, (_files, found) => (found.source.has("norm_pre.weight") ? vitLikeness(found) : 0));
