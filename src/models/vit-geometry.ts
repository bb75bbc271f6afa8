/**
 * The geometry of a plain Vision Transformer from its header and configuration. Shapes decide wherever they tell;
 * a configuration that contradicts them is noted and not followed.
 */
import type { ModelFiles } from "../formats/open-model.ts";
import type { JsonObject } from "../formats/json.ts";
import { elementCount } from "../tensor/tensor.ts";
import type { VitConfig } from "./config.ts";
import type { Overrides } from "./family.ts";
import { chooseHeads } from "./heads.ts";
import { locatePositions } from "./positions.ts";
import { contradictions, imageSizePaths } from "./contradictions.ts";
import { readEpsilon, readGelu, readPooling } from "./function-settings.ts";
import { booleanField, sizeField } from "./settings.ts";
import { checkBlocks, countBlocks } from "./vit-blocks.ts";
import { wrongShape, type NamedShapes } from "./tensor-checks.ts";
import type { NameMap } from "./tensor-names.ts";

export interface Geometry {
  readonly config: VitConfig;
  readonly tokens: number;
  readonly assumed: readonly string[];
  readonly notes: readonly string[];
}

export function readGeometry(files: ModelFiles, names: NameMap, shapes: NamedShapes, overrides: Overrides): Geometry {
  const { config: settings } = files;
  const [embedDim, channels, patchSize] = patchEmbedding(shapes);
  const classToken = shapes.has("cls_token");
  const distilled = shapes.has("dist_token");
  const registerTokens = shapes.has("reg_token") ? elementCount(shapes.shape("reg_token").slice(0, -1)) : 0;
  const prefixTokens = Number(classToken) + Number(distilled) + registerTokens;
  for (const [name, rows] of [
    ["cls_token", 1],
    ["dist_token", 1],
    ["reg_token", registerTokens],
  ] as const) {
    if (shapes.has(name)) shapes.expectRows(name, rows, embedDim);
  }
  const statedSize = sizeField(settings, imageSizePaths);
  const rows = elementCount(shapes.shape("pos_embed").slice(0, -1));
  shapes.expectRows("pos_embed", rows, embedDim);
  const noEmbedClass = booleanField(settings, ["model_args.no_embed_class", "no_embed_class"]) ?? false;
  const positions = locatePositions({ rows, prefixTokens, classToken, patchSize, statedSize, noEmbedClass });

  const depth = countBlocks(names);
  const { attentionDim, mlpDim, qkvBias } = checkBlocks(names, shapes, depth, embedDim);
  const numClasses = shapes.matrix("head.weight")[0];
  checkEnds(names, shapes, settings, embedDim, numClasses);
  const heads = chooseHeads(settings, overrides, embedDim, attentionDim);
  const norm = readEpsilon(settings, names);
  const activation = readGelu(settings);
  const pooling = readPooling(settings, names, classToken);
  const config: VitConfig = {
    imageSize: positions.imageSize,
    patchSize,
    channels,
    embedDim,
    depth,
    numHeads: heads.numHeads,
    mlpDim,
    classToken,
    distilled,
    registerTokens,
    numClasses,
    epsilon: norm.epsilon,
    gelu: activation.gelu,
    pooling: pooling.pooling,
    qkvBias,
  };
  const assumed = [
    ...(heads.assumed ? ["numHeads"] : []),
    ...(norm.assumed ? ["epsilon"] : []),
    ...(activation.assumed ? ["gelu"] : []),
    ...(pooling.assumed ? ["pooling"] : []),
  ];
  const notes = [...contradictions(settings, config)];
  return { config, tokens: prefixTokens + positions.patches, assumed, notes };
}

/** [D, C, p] from the convolution's weight [D,C,p,p]. */
function patchEmbedding(shapes: NamedShapes): readonly [number, number, number] {
  const shape = shapes.shape("patch_embed.proj.weight");
  const [embedDim, channels, height, width] = shape;
  if (shape.length !== 4 || height !== width) {
    throw wrongShape(
      shapes.fileName("patch_embed.proj.weight"),
      shape,
      "a convolution over square patches: [width, channels, patch, patch]",
    );
  }
  if (shapes.has("patch_embed.proj.bias")) shapes.expect("patch_embed.proj.bias", [embedDim]);
  return [embedDim, channels, height];
}

/** Final norm (or the norm after pooling) and heads. */
function checkEnds(names: NameMap, shapes: NamedShapes, settings: JsonObject | null, embedDim: number, numClasses: number): void {
  const hasNoNorm = booleanField(settings, ["model_args.final_norm", "final_norm"]) === false;
  const norms = ["norm", "fc_norm"].filter((norm) => shapes.has(`${norm}.weight`));
  for (const norm of norms.length > 0 || hasNoNorm ? norms : ["norm"]) {
    shapes.expect(`${norm}.weight`, [embedDim]);
    shapes.expect(`${norm}.bias`, [embedDim]);
  }
  // timm's distilled models average two heads; Hugging Face's DeiT may use the class token's alone.
  const isDistilledTimm = names.naming === "timm" && shapes.has("dist_token");
  for (const head of isDistilledTimm || shapes.has("head_dist.weight") ? ["head", "head_dist"] : ["head"]) {
    shapes.expect(`${head}.weight`, [numClasses, embedDim]);
    if (shapes.has(`${head}.bias`)) shapes.expect(`${head}.bias`, [numClasses]);
  }
  if (shapes.has("head_dist.weight") && !shapes.has("dist_token")) shapes.shape("dist_token");
}
