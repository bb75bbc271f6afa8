/** The geometry of a TinyViT from its header and configuration. Heads and windows follow from the tables of relative positions. */
import type { ModelFiles } from "../formats/open-model.ts";
import type { StageConfig, VitConfig } from "./config.ts";
import { imageSizePaths } from "./contradictions.ts";
import { checkConvolution, convolutionShape } from "./convolution-layers.ts";
import type { Geometry } from "./describe.ts";
import { modelError } from "./error-codes.ts";
import type { Overrides } from "./family.ts";
import { readEpsilon, readGelu } from "./function-settings.ts";
import { sizeField } from "./settings.ts";
import { wrongShape, type NamedShapes } from "./tensor-checks.ts";
import type { NameMap } from "./tensor-names.ts";
import { checkNorm } from "./vit-blocks.ts";

/** Two convolutions of stride 2. */
const STEM = 4;

export function readTinyVitGeometry({ config: settings }: ModelFiles, names: NameMap, shapes: NamedShapes, overrides: Overrides): Geometry {
  const [stemDim, channels] = convolutionShape(shapes, "patch_embed.conv1");
  const [firstDim] = convolutionShape(shapes, "patch_embed.conv2");
  checkConvolution(shapes, "patch_embed.conv1", stemDim, channels, 3);
  checkConvolution(shapes, "patch_embed.conv2", firstDim, stemDim, 3);
  const depths = stageDepths(names);
  for (let i = 0; i < depths[0]; i++) checkConvolutionBlock(shapes, `stages.0.blocks.${i}`, firstDim);
  const tables = depths.slice(1).map((_, i) => tableOf(shapes, i + 1));
  const stated = overrides.imageSize ?? sizeField(settings, imageSizePaths);
  // The last stage of published models is one window.
  const side = (tables.at(-1)?.window ?? 0) * STEM * 2 ** (depths.length - 1);
  const imageSize = stated ?? ([side, side] as const);
  let before = firstDim;
  const stages = tables.map(({ window, heads }, i): StageConfig => {
    const stage = i + 1;
    const [embedDim] = convolutionShape(shapes, `stages.${stage}.downsample.conv1`);
    checkConvolution(shapes, `stages.${stage}.downsample.conv1`, embedDim, before, 1);
    checkConvolution(shapes, `stages.${stage}.downsample.conv2`, embedDim, embedDim, 3, true);
    checkConvolution(shapes, `stages.${stage}.downsample.conv3`, embedDim, embedDim, 1);
    before = embedDim;
    const grid = [imageSize[0] / STEM / 2 ** stage, imageSize[1] / STEM / 2 ** stage] as const;
    checkWindows(grid, window, imageSize);
    const mlpDim = shapes.matrix(`stages.${stage}.blocks.0.mlp.fc1.weight`)[0];
    for (let block = 0; block < depths[stage]; block++) {
      checkAttentionBlock(shapes, `stages.${stage}.blocks.${block}`, { embedDim, mlpDim, numHeads: heads, window });
    }
    return { depth: depths[stage], embedDim, numHeads: heads, mlpDim, grid, window };
  });
  const last = stages[stages.length - 1];
  checkNorm(shapes, "norm", last.embedDim);
  const numClasses = shapes.has("head.weight") ? shapes.matrix("head.weight")[0] : 0;
  if (numClasses > 0) shapes.expect("head.weight", [numClasses, last.embedDim]);
  const config: VitConfig = {
    imageSize,
    patchSize: STEM * 2,
    channels,
    embedDim: last.embedDim,
    depth: depths.reduce((sum, depth) => sum + depth, 0),
    numHeads: last.numHeads,
    mlpDim: last.mlpDim,
    classToken: false,
    distilled: false,
    registerTokens: 0,
    numClasses,
    epsilon: readEpsilon(settings, names, 1e-5).epsilon,
    gelu: readGelu(settings, "none").gelu,
    pooling: "mean",
    qkvBias: shapes.has("stages.1.blocks.0.attn.qkv.bias"),
    stages,
  };
  const tokens = stages[0].grid[0] * stages[0].grid[1];
  return { config, tokens, assumed: stated === null ? ["imageSize"] : [], notes: [] };
}

/** Blocks of each stage, the convolutional one first; gaps show up as missing tensors. */
function stageDepths(names: NameMap): readonly number[] {
  const depths = [1, 1];
  for (const name of names.source.keys()) {
    const match = /^stages\.(\d+)\.blocks\.(\d+)\./.exec(name);
    if (match) depths[Number(match[1])] = Math.max(depths[Number(match[1])] ?? 0, Number(match[2]) + 1);
  }
  return Array.from(depths, (depth) => depth ?? 1);
}

/** Window w and heads H from a table of H rows and w^2 columns. */
function tableOf(shapes: NamedShapes, stage: number): { readonly window: number; readonly heads: number } {
  const name = `stages.${stage}.blocks.0.attn.attention_biases`;
  const [heads, offsets] = shapes.matrix(name);
  const window = Math.sqrt(offsets);
  if (Number.isInteger(window)) return { window, heads };
  throw wrongShape(shapes.fileName(name), [heads, offsets], "w^2 columns for square windows of w tokens");
}

function checkConvolutionBlock(shapes: NamedShapes, name: string, width: number): void {
  const [hidden] = convolutionShape(shapes, `${name}.conv1`);
  checkConvolution(shapes, `${name}.conv1`, hidden, width, 1);
  checkConvolution(shapes, `${name}.conv2`, hidden, hidden, 3, true);
  checkConvolution(shapes, `${name}.conv3`, width, hidden, 1);
}

function checkAttentionBlock(
  shapes: NamedShapes,
  name: string,
  { embedDim, mlpDim, numHeads, window }: Pick<StageConfig, "embedDim" | "mlpDim" | "numHeads" | "window">,
): void {
  const linear = (layer: string, rows: number, columns: number) => {
    shapes.expect(`${name}.${layer}.weight`, [rows, columns]);
    shapes.expect(`${name}.${layer}.bias`, [rows]);
  };
  checkNorm(shapes, `${name}.attn.norm`, embedDim);
  linear("attn.qkv", 3 * embedDim, embedDim);
  linear("attn.proj", embedDim, embedDim);
  shapes.expect(`${name}.attn.attention_biases`, [numHeads, window * window]);
  if (embedDim % numHeads !== 0) {
    throw wrongShape(shapes.fileName(`${name}.attn.attention_biases`), [numHeads, window * window], `heads that divide ${embedDim}`);
  }
  const [, , kernel] = convolutionShape(shapes, `${name}.local_conv`);
  checkConvolution(shapes, `${name}.local_conv`, embedDim, embedDim, kernel, true);
  checkNorm(shapes, `${name}.mlp.norm`, embedDim);
  linear("mlp.fc1", mlpDim, embedDim);
  linear("mlp.fc2", embedDim, mlpDim);
}

function checkWindows(grid: readonly [number, number], window: number, imageSize: readonly [number, number]): void {
  if (grid.every((side) => Number.isInteger(side) && side % window === 0)) return;
  throw modelError(
    "WINDOWS_MISMATCH",
    `A stage of this TinyViT has ${grid.join(" x ")} tokens and windows of ${window} x ${window}, on images of ${imageSize.join(" x ")} pixels.`,
    "Windows must fill the tokens exactly: padding is not run here.",
    "Open the model at an image size that its windows divide (img_size in config.json).",
  );
}
