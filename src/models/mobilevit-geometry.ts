/** The geometry of a MobileViT from its header and configuration. Strides, patches and heads are those of all published models where no file states them. */
import type { JsonObject } from "../formats/json.ts";
import type { ModelFiles } from "../formats/open-model.ts";
import type { VitConfig } from "./config.ts";
import { imageSizePaths } from "./contradictions.ts";
import { checkConvolution, convolutionShape } from "./convolution-layers.ts";
import type { Geometry } from "./describe.ts";
import { modelError } from "./error-codes.ts";
import type { Overrides } from "./family.ts";
import { readActivation, readEpsilon, readGelu } from "./function-settings.ts";
import { chooseHeads, headPaths } from "./heads.ts";
import { findField, numberField, sizeField } from "./settings.ts";
import type { NamedShapes } from "./tensor-checks.ts";
import type { NameMap } from "./tensor-names.ts";
import { checkBlock } from "./vit-blocks.ts";

/** Of all published models. */
const published = { num_attention_heads: 4, patch_size: 2, hidden_act: "silu" } as const;

/** Blocks of a stage: inverted residuals, then, in later stages, one with a transformer. */
export interface MobileVitStage {
  readonly residuals: number;
  /** Layers of the transformer; 0 in stages without one. */
  readonly depth: number;
}

export function mobileVitStages({ source }: Pick<NameMap, "source">): readonly MobileVitStage[] {
  const stages: { residuals: number; depth: number }[] = [];
  for (const name of source.keys()) {
    const [, at, block, layer] = /^stages\.(\d+)\.(\d+)\.(?:conv1_1x1|transformer\.(\d+))\./.exec(name) ?? [];
    if (at === undefined) continue;
    const stage = (stages[Number(at)] ??= { residuals: 1, depth: 0 });
    if (layer === undefined) stage.residuals = Math.max(stage.residuals, Number(block) + 1);
    else stage.depth = Math.max(stage.depth, Number(layer) + 1);
  }
  return Array.from(stages, (stage) => stage ?? { residuals: 1, depth: 0 });
}

export function readMobileVitGeometry({ config }: ModelFiles, names: NameMap, shapes: NamedShapes, overrides: Overrides): Geometry {
  const settings = { ...published, ...config };
  const stages = mobileVitStages(names);
  const [stem, channels] = convolutionShape(shapes, "stem");
  checkConvolution(shapes, "stem", stem, channels, 3);
  let width = stem;
  let [embedDim, mlpDim] = [0, 0];
  for (const [s, { residuals, depth }] of stages.entries()) {
    for (let i = 0; i < residuals; i++) width = checkResidual(shapes, `stages.${s}.${i}`, width);
    if (depth === 0) continue;
    [embedDim, mlpDim] = checkTransformer(shapes, `stages.${s}.${residuals}`, width, depth);
    chooseHeads(settings, overrides, embedDim, embedDim);
  }
  const [last] = convolutionShape(shapes, "final_conv");
  checkConvolution(shapes, "final_conv", last, width, 1);
  const numClasses = shapes.has("head.weight") ? shapes.matrix("head.weight")[0] : 0;
  if (numClasses > 0) shapes.expect("head.weight", [numClasses, last]);
  const imageSize = overrides.imageSize ?? sizeField(settings, imageSizePaths) ?? ([256, 256] as const);
  // The stem and the first block of every stage but the first halve the map.
  const reduction = 2 ** stages.length;
  checkPatches(imageSize, reduction, patchOf(config));
  const firstTransformer = stages.findIndex(({ depth }) => depth > 0);
  const activation = readActivation(settings);
  const vitConfig: VitConfig = {
    imageSize,
    patchSize: reduction,
    channels,
    embedDim,
    depth: stages.reduce((sum, { depth }) => sum + depth, 0),
    numHeads: chooseHeads(settings, overrides, embedDim, embedDim).numHeads,
    mlpDim,
    classToken: false,
    distilled: false,
    registerTokens: 0,
    numClasses,
    epsilon: readEpsilon(settings, names, 1e-5).epsilon,
    gelu: activation ? "none" : readGelu(settings).gelu,
    pooling: "mean",
    qkvBias: true,
    ...(activation ? { activation } : {}),
  };
  const isStated = (override: unknown, paths: readonly string[]) => override !== undefined || findField(config, paths) !== null;
  const assumed = [
    ...(isStated(overrides.imageSize, imageSizePaths) ? [] : ["imageSize"]),
    ...(isStated(overrides.numHeads, headPaths) ? [] : ["numHeads"]),
  ];
  return { config: vitConfig, tokens: (imageSize[0] * imageSize[1]) / 4 ** (firstTransformer + 1), assumed, notes: [] };
}

/** Pixels down and across of a patch: those at the same place of their patches attend to each other. */
export function patchOf(config: JsonObject | null): number {
  return numberField({ ...published, ...config }, ["patch_size"]) ?? 0;
}

/** 1 x 1, depthwise, 1 x 1. Returns the width behind them. */
function checkResidual(shapes: NamedShapes, name: string, width: number): number {
  const [hidden] = convolutionShape(shapes, `${name}.conv1_1x1`);
  const [out] = convolutionShape(shapes, `${name}.conv3_1x1`);
  checkConvolution(shapes, `${name}.conv1_1x1`, hidden, width, 1);
  checkConvolution(shapes, `${name}.conv2_kxk`, hidden, hidden, 3, true);
  checkConvolution(shapes, `${name}.conv3_1x1`, out, hidden, 1);
  return out;
}

/** Returns the widths [D, hidden]. */
function checkTransformer(shapes: NamedShapes, name: string, width: number, depth: number): readonly [number, number] {
  const [, , kernel] = convolutionShape(shapes, `${name}.conv_kxk`);
  checkConvolution(shapes, `${name}.conv_kxk`, width, width, kernel);
  const [embedDim] = shapes.shape(`${name}.conv_1x1.weight`);
  shapes.expect(`${name}.conv_1x1.weight`, [embedDim, width, 1, 1]);
  const [mlpDim] = shapes.matrix(`${name}.transformer.0.mlp.fc1.weight`);
  for (let i = 0; i < depth; i++) {
    checkBlock(shapes, `${name}.transformer.${i}`, embedDim, embedDim, mlpDim);
    for (const norm of ["norm1", "norm2"]) shapes.expect(`${name}.transformer.${i}.${norm}.bias`, [embedDim]);
  }
  for (const part of ["weight", "bias"]) shapes.expect(`${name}.norm.${part}`, [embedDim]);
  checkConvolution(shapes, `${name}.conv_proj`, width, embedDim, 1);
  checkConvolution(shapes, `${name}.conv_fusion`, width, 2 * width, kernel);
  return [embedDim, mlpDim];
}

function checkPatches(imageSize: readonly [number, number], reduction: number, patch: number): void {
  if (imageSize.every((side) => side % (reduction * patch) === 0)) return;
  throw modelError(
    "WINDOWS_MISMATCH",
    `This MobileViT is asked for images of ${imageSize.join(" x ")} pixels.`,
    `Its last stage cuts a map of a ${reduction}th of them into patches of ${patch} x ${patch}, which must fill it exactly: resizing maps is not run here.`,
    `Take an image size that ${reduction * patch} divides, such as 256 x 256.`,
  );
}
