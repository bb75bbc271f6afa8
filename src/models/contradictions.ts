/** Where a configuration says other than the weights; the weights are followed, and the user is told. */
import type { JsonObject } from "../formats/json.ts";
import type { VitConfig } from "./config.ts";
import { booleanField, findField, numberField, sizeField } from "./settings.ts";

/** pretrained_cfg tells the size of timm's published models, whose model_args are empty. */
export const imageSizePaths = ["model_args.img_size", "img_size", "image_size", "pretrained_cfg.input_size", "input_size"];

/** One sentence for each stated number that the weights contradict. */
export function* contradictions(settings: JsonObject | null, config: VitConfig): Generator<string> {
  const stated: readonly (readonly [value: number, paths: readonly string[]])[] = [
    [config.embedDim, ["model_args.embed_dim", "embed_dim", "hidden_size", "num_features"]],
    [config.depth, ["model_args.depth", "depth", "num_hidden_layers"]],
    [config.mlpDim, ["intermediate_size"]],
    [config.mlpDim / config.embedDim, ["model_args.mlp_ratio", "mlp_ratio"]],
    [config.numClasses, ["model_args.num_classes", "num_classes", "num_labels"]],
    [config.channels, ["model_args.in_chans", "in_chans", "num_channels"]],
    [config.registerTokens, ["model_args.reg_tokens", "reg_tokens", "num_register_tokens"]],
  ];
  for (const [actual, paths] of stated) {
    const value = numberField(settings, paths);
    // A model without a classifier has a projection at most, whose width some configurations call classes.
    if (paths.includes("num_classes") && actual === 0) continue;
    if (value !== null && value !== actual) yield followed(findField(settings, paths)?.path, value, actual);
  }
  const patch = sizeField(settings, ["model_args.patch_size", "patch_size"]);
  if (patch && (patch[0] !== config.patchSize || patch[1] !== config.patchSize))
    yield followed("patch_size", patch.join(" x "), config.patchSize);
  const { imageSize } = config;
  const statedSize = sizeField(settings, imageSizePaths);
  if (statedSize && (statedSize[0] !== imageSize[0] || statedSize[1] !== imageSize[1])) {
    yield followed(findField(settings, imageSizePaths)?.path, statedSize.join(" x "), imageSize.join(" x "));
  }
  const bias = booleanField(settings, ["model_args.qkv_bias", "qkv_bias"]);
  if (bias !== null && bias !== config.qkvBias) yield followed("qkv_bias", bias, config.qkvBias);
}

/** The sentence for one of them. */
export function followed(path: string | undefined, stated: unknown, actual: unknown): string {
  return `The configuration says ${path ?? "otherwise"} = ${String(stated)}, the weights say ${String(actual)}; the weights were followed.`;
}
