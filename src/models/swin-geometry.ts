/** The geometry of a Swin Transformer from its header and configuration. Heads and windows follow from the tables of relative positions. */
import type { JsonObject } from "../formats/json.ts";
import type { ModelFiles } from "../formats/open-model.ts";
import type { StageConfig, VitConfig } from "./config.ts";
import { followed, imageSizePaths } from "./contradictions.ts";
import { modelError } from "./error-codes.ts";
import { readEpsilon, readGelu } from "./function-settings.ts";
import { findField, sizeField } from "./settings.ts";
import { wrongShape, type NamedShapes } from "./tensor-checks.ts";
import type { NameMap } from "./tensor-names.ts";
import { checkBlock } from "./vit-blocks.ts";
import { patchEmbedding } from "./vit-geometry.ts";

export interface SwinGeometry {
  readonly config: VitConfig;
  readonly assumed: readonly string[];
  readonly notes: readonly string[];
}

/** Swin's own epsilon, in the original, timm and Hugging Face alike. */
const EPSILON = 1e-5;

export function readSwinGeometry({ weights, config: settings }: ModelFiles, names: NameMap, shapes: NamedShapes): SwinGeometry {
  const [firstDim, channels, patchSize] = patchEmbedding(shapes);
  if (shapes.has("patch_embed.norm.weight")) checkNorm(shapes, "patch_embed.norm", firstDim);
  const depths = countStages(names);
  const windows = depths.map((_, stage) => tableOf(shapes, stage, 0).window);
  const size = imageSizeOf(settings, { patchSize, stages: depths.length, window: windows[0], masks: maskCount(weights, names) });
  const stages = depths.map((depth, stage): StageConfig => {
    const grid = [size.imageSize[0] / patchSize / 2 ** stage, size.imageSize[1] / patchSize / 2 ** stage] as const;
    const embedDim = firstDim * 2 ** stage;
    const { window, heads } = tableOf(shapes, stage, 0);
    checkGrid(grid, window, stage < depths.length - 1, size.imageSize);
    if (embedDim % heads !== 0)
      throw wrongShape(tableName(shapes, stage, 0), [(2 * window - 1) ** 2, heads], `heads that divide ${embedDim}`);
    const mlpDim = shapes.matrix(`layers.${stage}.blocks.0.mlp.fc1.weight`)[0];
    for (let i = 0; i < depth; i++) {
      checkBlock(shapes, `layers.${stage}.blocks.${i}`, embedDim, embedDim, mlpDim);
      shapes.expect(`layers.${stage}.blocks.${i}.attn.relative_position_bias_table`, [(2 * window - 1) ** 2, heads]);
    }
    if (stage < depths.length - 1) {
      checkNorm(shapes, `layers.${stage}.downsample.norm`, 4 * embedDim);
      shapes.expect(`layers.${stage}.downsample.reduction.weight`, [2 * embedDim, 4 * embedDim]);
    }
    return { depth, embedDim, numHeads: heads, mlpDim, grid, window };
  });
  const last = stages[stages.length - 1];
  checkNorm(shapes, "norm", last.embedDim);
  const norm = readEpsilon(settings, names, EPSILON);
  const activation = readGelu(settings);
  const config: VitConfig = {
    imageSize: size.imageSize,
    patchSize,
    channels,
    embedDim: last.embedDim,
    depth: depths.reduce((sum, depth) => sum + depth, 0),
    numHeads: last.numHeads,
    mlpDim: last.mlpDim,
    classToken: false,
    distilled: false,
    registerTokens: 0,
    numClasses: shapes.has("head.weight") ? shapes.matrix("head.weight")[0] : 0,
    epsilon: norm.epsilon,
    // Published Swin Transformers all have the exact one.
    gelu: activation.gelu,
    pooling: "mean",
    qkvBias: ["qkv", "q"].some((part) => shapes.has(`layers.0.blocks.0.attn.${part}.bias`)),
    stages,
  };
  if (config.numClasses > 0) {
    shapes.expect("head.weight", [config.numClasses, last.embedDim]);
    if (shapes.has("head.bias")) shapes.expect("head.bias", [config.numClasses]);
  }
  return { config, assumed: size.assumed ? ["imageSize"] : [], notes: [...size.notes, ...contradictions(settings, stages)] };
}

function checkNorm(shapes: NamedShapes, name: string, width: number): void {
  shapes.expect(`${name}.weight`, [width]);
  shapes.expect(`${name}.bias`, [width]);
}

/** Blocks of each stage: one more than the highest index; gaps show up as missing tensors. */
function countStages(names: NameMap): readonly number[] {
  const depths: number[] = [];
  for (const name of names.source.keys()) {
    const match = /^layers\.(\d+)\.blocks\.(\d+)\./.exec(name);
    if (match) depths[Number(match[1])] = Math.max(depths[Number(match[1])] ?? 0, Number(match[2]) + 1);
  }
  return Array.from(depths, (depth) => depth ?? 1);
}

const tableName = (shapes: NamedShapes, stage: number, block: number) =>
  shapes.fileName(`layers.${stage}.blocks.${block}.attn.relative_position_bias_table`);

/** Window w and heads H from a table of (2w - 1)^2 rows and H columns. */
function tableOf(shapes: NamedShapes, stage: number, block: number): { readonly window: number; readonly heads: number } {
  const [rows, heads] = shapes.matrix(`layers.${stage}.blocks.${block}.attn.relative_position_bias_table`);
  const window = (Math.sqrt(rows) + 1) / 2;
  if (!Number.isInteger(window))
    throw wrongShape(tableName(shapes, stage, block), [rows, heads], "(2w - 1)^2 rows for square windows of w tokens");
  return { window, heads };
}

/** Windows of the first stage, from the mask that older files hold; null when there is none. */
function maskCount(weights: ModelFiles["weights"], { ignored }: NameMap): number | null {
  const mask = ignored.find((name) => name.endsWith("layers.0.blocks.1.attn_mask"));
  return mask === undefined ? null : weights.shape(mask)[0];
}

interface SizeQuery {
  readonly patchSize: number;
  readonly stages: number;
  readonly window: number;
  readonly masks: number | null;
}

/** Stated; else from the mask's windows; else assumed: the last stage of published models is one window. */
function imageSizeOf(settings: JsonObject | null, { patchSize, stages, window, masks }: SizeQuery) {
  const stated = sizeField(settings, imageSizePaths);
  const windowPixels = window * patchSize;
  const across = masks === null ? null : Math.sqrt(masks);
  const fromMask = across !== null && Number.isInteger(across) ? ([across * windowPixels, across * windowPixels] as const) : null;
  if (stated && (masks === null || (stated[0] / windowPixels) * (stated[1] / windowPixels) === masks || !fromMask))
    return { imageSize: stated, assumed: false, notes: [] };
  if (stated && fromMask)
    return {
      imageSize: fromMask,
      assumed: false,
      notes: [followed(findField(settings, imageSizePaths)?.path, stated.join(" x "), fromMask.join(" x "))],
    };
  if (fromMask) return { imageSize: fromMask, assumed: false, notes: [] };
  const side = windowPixels * 2 ** (stages - 1);
  return { imageSize: [side, side] as const, assumed: true, notes: [] };
}

function checkGrid(
  [height, width]: readonly [number, number],
  window: number,
  merges: boolean,
  imageSize: readonly [number, number],
): void {
  const fits = [height, width].every((side) => Number.isInteger(side) && side % window === 0 && (!merges || side % 2 === 0));
  if (fits) return;
  throw modelError(
    "WINDOWS_MISMATCH",
    `A stage of this Swin Transformer has ${height} x ${width} tokens and windows of ${window} x ${window}, on images of ${imageSize.join(" x ")} pixels.`,
    "Windows must fill the tokens exactly and merging needs even numbers: padding is not run here.",
    "Open the model at an image size that its windows divide (img_size or image_size in config.json).",
  );
}

function* contradictions(settings: JsonObject | null, stages: readonly StageConfig[]): Generator<string> {
  const stated = (paths: readonly string[]) => findField(settings, paths);
  const compare = (paths: readonly string[], actual: readonly number[]) => {
    const field = stated(paths);
    const said = Array.isArray(field?.value) ? field.value.join(", ") : field === null ? null : JSON.stringify(field.value);
    return said === null || said === actual.join(", ") ? null : followed(field?.path, said, actual.join(", "));
  };
  for (const note of [
    compare(
      ["model_args.depths", "depths"],
      stages.map(({ depth }) => depth),
    ),
    compare(
      ["model_args.num_heads", "num_heads"],
      stages.map(({ numHeads }) => numHeads),
    ),
    compare(["model_args.embed_dim", "embed_dim"], [stages[0].embedDim]),
    compare(["model_args.window_size", "window_size"], [stages[0].window]),
  ]) {
    if (note !== null) yield note;
  }
}
