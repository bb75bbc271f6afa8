/**
 * How a model wants its images: from preprocessor_config.json (Hugging Face), else `pretrained_cfg` (timm), else the family's usual recipe.
 * Rules of timm: data/config.py and data/transforms_factory.py; of Hugging Face: image_processing_vit.py and image_processing_deit.py.
 */
import type { ModelFiles } from "../formats/open-model.ts";
import type { JsonObject } from "../formats/json.ts";
import type { Preprocessing, VitConfig } from "./config.ts";
import { booleanField, colourField, findField, invalidField, isObject, numberField, sizeField, textField } from "./settings.ts";

export interface FoundPreprocessing {
  readonly preprocessing: Preprocessing;
  readonly assumed: boolean;
  readonly notes: readonly string[];
}

type Colour = readonly [number, number, number];
type Interpolation = Preprocessing["interpolation"];
type Size = readonly [height: number, width: number];

/** Of timm and torchvision, in their order: red, green, blue. */
export const imagenetMean: Colour = [0.485, 0.456, 0.406];
export const imagenetStd: Colour = [0.229, 0.224, 0.225];
const half: Colour = [0.5, 0.5, 0.5];

/** What a family's published models use when no file says it. */
export interface PreprocessingDefaults {
  readonly mean: Colour;
  readonly std: Colour;
  /** timm's share of the resized image that the crop keeps; 0.9 where absent. Bicubic in all families. */
  readonly cropPct?: number;
  /** Hugging Face's processor: resize target / input size, then crop. Both sides are squashed to it unless the shorter one is meant. */
  readonly huggingface: { readonly scale: number; readonly interpolation: Interpolation; readonly resize?: "shortest" };
}

export const imagenetColours = { mean: imagenetMean, std: imagenetStd } as const;
export const halfColours = { mean: half, std: half } as const;
export const clipColours = { mean: [0.48145466, 0.4578275, 0.40821073], std: [0.26862954, 0.26130258, 0.27577711] } as const;

/** Which of a model's files says how images are prepared; undefined where none does. */
export function preprocessingFile({ preprocessor, config }: Pick<ModelFiles, "preprocessor" | "config">): string | undefined {
  if (preprocessor) return "preprocessor_config.json";
  return timmSettings(config) ? "config.json" : undefined;
}

function timmSettings(config: JsonObject | null): JsonObject | null {
  const settings = config && (isObject(config.pretrained_cfg) ? config.pretrained_cfg : config);
  return findField(settings, ["mean", "std", "crop_pct", "interpolation"]) ? settings : null;
}

export function findPreprocessing(
  files: ModelFiles,
  defaults: PreprocessingDefaults,
  naming: "timm" | "huggingface",
  { imageSize }: Pick<VitConfig, "imageSize">,
): FoundPreprocessing {
  if (files.preprocessor) return fromHuggingface(files.preprocessor, defaults, imageSize);
  const pretrained = timmSettings(files.config);
  if (pretrained) return fromTimm(pretrained, imageSize);
  const { mean, std } = defaults;
  if (naming === "timm") {
    const preprocessing: Preprocessing = {
      ...timmResize(imageSize, defaults.cropPct ?? 0.9),
      interpolation: "bicubic",
      rounding: "torchvision",
      mean,
      std,
    };
    return { preprocessing, assumed: true, notes: [] };
  }
  const { scale, interpolation, resize = "squash" } = defaults.huggingface;
  const size = Math.floor(imageSize[0] * scale);
  return {
    preprocessing: { inputSize: imageSize, resize, size, interpolation, rounding: "huggingface", mean, std },
    assumed: true,
    notes: [],
  };
}

/** timm resizes the shorter side to floor(input / crop_pct), then crops the centre. */
function timmResize(inputSize: Size, cropPct: number): Pick<Preprocessing, "inputSize" | "resize" | "size"> {
  return { inputSize, resize: "shortest", size: Math.floor(Math.min(...inputSize) / cropPct) };
}

const interpolations: Readonly<Record<string, Interpolation>> = {
  nearest: "nearest",
  box: "box",
  bilinear: "bilinear",
  hamming: "hamming",
  bicubic: "bicubic",
  lanczos: "lanczos",
};

function fromTimm(settings: JsonObject, imageSize: Size): FoundPreprocessing {
  const notes: string[] = [];
  const cropPct = numberField(settings, ["crop_pct"]) ?? 0.875;
  const cropField = findField(settings, ["crop_pct"]);
  if (cropField && cropPct <= 0) throw invalidField(cropField, "a positive number");
  const name = textField(settings, ["interpolation"]) ?? "bicubic";
  const interpolation = Object.hasOwn(interpolations, name) ? interpolations[name] : null;
  if (interpolation === null) notes.push(`The interpolation "${name}" is not known here; bicubic is used.`);
  const mode = textField(settings, ["crop_mode"]) ?? "center";
  const isSquare = imageSize[0] === imageSize[1];
  if (mode === "border") notes.push('The crop mode "border" is not done here; images are cropped at the centre instead.');
  if (!isSquare && mode !== "squash")
    notes.push("Images are resized by their shorter side and cropped; for inputs that are not square timm keeps more of them.");
  // squash: both sides to floor(input / crop_pct), then a centre crop.
  const resize =
    mode === "squash"
      ? { inputSize: imageSize, resize: "squash" as const, size: Math.floor(imageSize[0] / cropPct) }
      : timmResize(imageSize, cropPct);
  const mean = colourField(settings, ["mean"]);
  const std = colourField(settings, ["std"]);
  return {
    preprocessing: {
      ...resize,
      interpolation: interpolation ?? "bicubic",
      rounding: "torchvision",
      mean: mean ?? imagenetMean,
      std: std ?? imagenetStd,
    },
    assumed: mean === null || std === null || notes.length > 0,
    notes,
  };
}

/** PIL's resampling codes. */
const resampleCodes: readonly Interpolation[] = ["nearest", "lanczos", "bilinear", "bicubic", "box", "hamming"];

function fromHuggingface(settings: JsonObject, defaults: PreprocessingDefaults, imageSize: Size): FoundPreprocessing {
  const notes: string[] = [];
  const code = numberField(settings, ["resample"]);
  const interpolation = code === null ? defaults.huggingface.interpolation : resampleCodes[code];
  const codeField = findField(settings, ["resample"]);
  if (interpolation === undefined && codeField) throw invalidField(codeField, "one of PIL's resampling codes, 0 to 5");
  const mean = colourField(settings, ["image_mean"]);
  const std = colourField(settings, ["image_std"]);
  const preprocessing: Preprocessing = {
    ...huggingfaceResize(settings, imageSize, notes),
    interpolation,
    rounding: "huggingface",
    ...normalisation(settings, mean ?? defaults.mean, std ?? defaults.std),
  };
  return { preprocessing, assumed: mean === null || std === null || notes.length > 0, notes };
}

function huggingfaceResize(settings: JsonObject, imageSize: Size, notes: string[]): Pick<Preprocessing, "inputSize" | "resize" | "size"> {
  if (booleanField(settings, ["do_resize"]) === false) return { inputSize: imageSize, resize: "none", size: imageSize[0] };
  const crop = booleanField(settings, ["do_center_crop"]) === true ? (sizeField(settings, ["crop_size"]) ?? imageSize) : null;
  const shortest = numberField(settings, ["size.shortest_edge"]);
  const target: Size = shortest === null ? (sizeField(settings, ["size"]) ?? imageSize) : [shortest, shortest];
  const produced = crop ?? target;
  if (shortest !== null && !crop)
    notes.push("The preprocessing does not crop; images are cropped at the centre to the size that the network takes.");
  else if (produced[0] !== imageSize[0] || produced[1] !== imageSize[1]) {
    notes.push(
      `The preprocessing makes images of ${produced.join(" x ")}, the network takes ${imageSize.join(" x ")}; the network was followed.`,
    );
  }
  // When the file's output is not what the network takes, its resize target is scaled with it.
  const size = Math.floor((target[0] * imageSize[0]) / produced[0]);
  return { inputSize: imageSize, resize: shortest === null ? "squash" : "shortest", size };
}

/** Hugging Face: (x * rescale_factor - mean) / std on 0..255; ours: (x / 255 - mean) / std. */
function normalisation(settings: JsonObject, mean: Colour, std: Colour): Pick<Preprocessing, "mean" | "std"> {
  const factor = booleanField(settings, ["do_rescale"]) === false ? 1 : (numberField(settings, ["rescale_factor"]) ?? 1 / 255);
  const isNormalised = booleanField(settings, ["do_normalize"]) !== false;
  const [m, s]: readonly [Colour, Colour] = isNormalised
    ? [mean, std]
    : [
        [0, 0, 0],
        [1, 1, 1],
      ];
  const scale = factor * 255;
  // 0.00392156862745098 is 1/255 as Python prints it; the division must not disturb mean and std in their last digit.
  if (Math.abs(scale - 1) < 1e-9) return { mean: m, std: s };
  return { mean: [m[0] / scale, m[1] / scale, m[2] / scale], std: [s[0] / scale, s[1] / scale, s[2] / scale] };
}
