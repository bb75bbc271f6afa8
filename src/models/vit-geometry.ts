/**
 * The geometry of a plain Vision Transformer from its header and configuration. Shapes decide wherever they tell;
 * a configuration that contradicts them is noted and not followed.
 */
import type { ModelFiles } from "../formats/open-model.ts";
import type { JsonObject } from "../formats/json.ts";
import { elementCount } from "../tensor/tensor.ts";
import type { VitConfig } from "./config.ts";
import type { Geometry } from "./describe.ts";
import type { Overrides } from "./family.ts";
import { chooseHeads } from "./heads.ts";
import { contradictions } from "./contradictions.ts";
import { readActivation, readClippedSoftmax, readEpsilon, readGelu, readNorm, readPooling } from "./function-settings.ts";
import { placePatches } from "./patch-places.ts";
import { booleanField, numberField } from "./settings.ts";
import { checkAttentionVariant, gatesOf, headsShown } from "./attention-variants.ts";
import { checkBlocks, checkNorm, countBlocks } from "./vit-blocks.ts";
import { wrongShape, type NamedShapes } from "./tensor-checks.ts";
import type { NameMap } from "./tensor-names.ts";
import type { VitVariant } from "./vit-variant.ts";

export function readGeometry(files: ModelFiles, names: NameMap, shapes: NamedShapes, overrides: Overrides, variant: VitVariant): Geometry {
  const { config: settings } = files;
  const [embedDim, channels, patchSize] = patchEmbedding(shapes);
  const tokens = prefixOf(shapes, embedDim);
  const depth = countBlocks(names);
  const { attentionDim, mlpDim, qkvBias } = checkBlocks(names, shapes, depth, embedDim);
  const heads = headsShown(shapes, attentionDim) ?? chooseHeads(settings, overrides, embedDim, attentionDim);
  const placed = placePatches(files, shapes, overrides, variant, { ...tokens, patchSize, embedDim, depth, numHeads: heads.numHeads });

  const patches = (placed.imageSize[0] * placed.imageSize[1]) / patchSize ** 2;
  const clippedSoftmax = readClippedSoftmax(settings, tokens.prefixTokens + patches);
  const headGates = gatesOf(settings, shapes);
  const projects = variant.projects?.(files, names) ?? false;
  const headRows = shapes.has("head.weight") ? shapes.matrix("head.weight")[0] : 0;
  checkEnds(names, shapes, settings, embedDim, headRows);
  checkAttentionVariant(shapes, { ...tokens, depth, embedDim, attentionDim, numHeads: heads.numHeads, patches });
  const norm = readEpsilon(settings, names, variant.epsilon);
  const activation = readActivation(settings);
  const gelu = activation ? { gelu: "none" as const, assumed: false } : readGelu(settings, variant.gelu?.(files, names));
  const kind = readNorm(settings, shapes.has("blocks.0.norm1.bias"));
  const pooling = readPooling(settings, names, tokens.classToken, variant.pooling?.(files, names));
  if (pooling.pooling === "map") checkAttentionPool(shapes, embedDim);
  const config: VitConfig = {
    imageSize: placed.imageSize,
    patchSize,
    channels,
    embedDim,
    depth,
    numHeads: heads.numHeads,
    mlpDim,
    classToken: tokens.classToken,
    distilled: tokens.distilled,
    registerTokens: tokens.registerTokens,
    numClasses: projects ? 0 : headRows,
    epsilon: norm.epsilon,
    gelu: gelu.gelu,
    pooling: pooling.pooling,
    qkvBias,
    ...attentionScaleOf(settings),
    ...(booleanField(settings, ["norm_first"]) === false ? { postNorm: true } : {}),
    ...(kind.norm ? { norm: kind.norm } : {}),
    ...(activation ? { activation } : {}),
    ...(clippedSoftmax ? { clippedSoftmax } : {}),
    ...(headGates ? { headGates } : {}),
    ...(placed.positionGrid ? { positionGrid: placed.positionGrid } : {}),
  };
  const assumed = [
    ...(placed.assumed ? ["imageSize"] : []),
    ...(heads.assumed ? ["numHeads"] : []),
    ...(norm.assumed ? ["epsilon"] : []),
    ...(kind.assumed ? ["norm"] : []),
    ...(gelu.assumed ? ["gelu"] : []),
    ...(pooling.assumed && headRows > 0 ? ["pooling"] : []),
  ];
  return { config, tokens: tokens.prefixTokens + patches, assumed, notes: [...placed.notes, ...contradictions(settings, config)] };
}

function attentionScaleOf(settings: JsonObject | null): Pick<VitConfig, "attentionScale"> {
  const scale = numberField(settings, ["attention_scale"]);
  return scale === null ? {} : { attentionScale: scale };
}

interface Prefix {
  readonly classToken: boolean;
  readonly distilled: boolean;
  readonly registerTokens: number;
  readonly prefixTokens: number;
}

/** Tokens in front of the patches. */
function prefixOf(shapes: NamedShapes, embedDim: number): Prefix {
  const classToken = shapes.has("cls_token");
  const distilled = shapes.has("dist_token");
  const registerTokens = shapes.has("reg_token") ? elementCount(shapes.shape("reg_token").slice(0, -1)) : 0;
  for (const [name, rows] of [
    ["cls_token", 1],
    ["dist_token", 1],
    ["reg_token", registerTokens],
  ] as const) {
    if (shapes.has(name)) shapes.expectRows(name, rows, embedDim);
  }
  return { classToken, distilled, registerTokens, prefixTokens: Number(classToken) + Number(distilled) + registerTokens };
}

/** [D, C, p] from the convolution's weight [D,C,p,p]. */
export function patchEmbedding(shapes: NamedShapes): readonly [number, number, number] {
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
function checkEnds(names: NameMap, shapes: NamedShapes, settings: JsonObject | null, embedDim: number, rows: number): void {
  const hasNoNorm =
    booleanField(settings, ["model_args.final_norm", "final_norm"]) === false || names.ignored.some((name) => name === "norm.weight");
  for (const norm of ["norm_pre", ...finalNorms(shapes, hasNoNorm)]) {
    if (norm === "norm_pre" && !shapes.has("norm_pre.weight")) continue;
    checkNorm(shapes, norm, embedDim);
  }
  if (rows === 0) return;
  if (shapes.has("pre_logits.weight")) {
    const [hidden] = shapes.matrix("pre_logits.weight");
    shapes.expect("pre_logits.weight", [hidden, embedDim]);
    shapes.expect("head.weight", [rows, hidden]);
    return;
  }
  // timm's distilled models average two heads; Hugging Face's DeiT may use the class token's alone.
  const isDistilledTimm = names.naming === "timm" && shapes.has("dist_token");
  // Hugging Face's DINOv2 classifier reads the class token and the mean of the patches side by side.
  const width = shapes.matrix("head.weight")[1] === 2 * embedDim && names.prefix?.startsWith("dinov2") ? 2 * embedDim : embedDim;
  for (const head of isDistilledTimm || shapes.has("head_dist.weight") ? ["head", "head_dist"] : ["head"]) {
    shapes.expect(`${head}.weight`, [rows, width]);
    if (shapes.has(`${head}.bias`)) shapes.expect(`${head}.bias`, [rows]);
  }
  if (shapes.has("head_dist.weight") && !shapes.has("dist_token")) shapes.shape("dist_token");
}

function finalNorms(shapes: NamedShapes, hasNoNorm: boolean): readonly string[] {
  const norms = ["norm", "fc_norm"].filter((norm) => shapes.has(`${norm}.weight`));
  return norms.length > 0 || hasNoNorm ? norms : ["norm"];
}

/** A learned query, its attention to all tokens, and an MLP; projections fused as Hugging Face has them, or query beside key and value as timm. */
function checkAttentionPool(shapes: NamedShapes, embedDim: number): void {
  shapes.expectRows("attn_pool.latent", 1, embedDim);
  const projections: readonly (readonly [string, number])[] = shapes.has("attn_pool.in_proj.weight")
    ? [["in_proj", 3 * embedDim]]
    : [
        ["q", embedDim],
        ["kv", 2 * embedDim],
      ];
  for (const [name, rows] of [...projections, ["proj", embedDim] as const]) {
    shapes.expect(`attn_pool.${name}.weight`, [rows, embedDim]);
    if (shapes.has(`attn_pool.${name}.bias`)) shapes.expect(`attn_pool.${name}.bias`, [rows]);
  }
  if (!shapes.has("attn_pool.mlp.fc1.weight")) return;
  const [hidden] = shapes.matrix("attn_pool.mlp.fc1.weight");
  shapes.expect("attn_pool.norm.weight", [embedDim]);
  shapes.expect("attn_pool.norm.bias", [embedDim]);
  shapes.expect("attn_pool.mlp.fc1.weight", [hidden, embedDim]);
  shapes.expect("attn_pool.mlp.fc2.weight", [embedDim, hidden]);
}
