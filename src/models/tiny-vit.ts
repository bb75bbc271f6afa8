/**
 * TinyViT (Wu et al. 2022, arXiv 2207.10666): convolutions in the stem and the first stage, then attention inside windows with a bias by distance and a depthwise
 * convolution before each MLP. timm's `tiny_vit_*` and the authors' names. Convolutions read and write rows in the order of windows, so that nothing is permuted.
 */
import type { ModelFiles } from "../formats/open-model.ts";
import { INPUT, makeGraph, type Graph, type Node } from "../graph/graph.ts";
import type { Weights } from "../graph/quantizer.ts";
import type { Job } from "../tensor/progress.ts";
import { tensor, type Tensor } from "../tensor/tensor.ts";
import type { ModelCard, StageConfig, VitConfig } from "./config.ts";
import { convolution, type ConvolvedMap, type FeatureMap, type Stride } from "./convolution-layers.ts";
import { describe } from "./describe.ts";
import type { Family } from "./family.ts";
import { gemm, node } from "./graph-nodes.ts";
import { imagenetColours } from "./preprocessing.ts";
import { namedShapes, refuseUnfit } from "./tensor-checks.ts";
import { readTinyVitGeometry } from "./tiny-vit-geometry.ts";
import { mapTinyVitNames, tinyVitLikeness } from "./tiny-vit-names.ts";
import { layerNorm, linear } from "./vit-weights.ts";
import { weightReader, type WeightReader } from "./weight-reader.ts";
import { distanceIndices, rasterOrder, windowOrder } from "./windows.ts";

const preprocessing = { ...imagenetColours, cropPct: 0.95, huggingface: { scale: 1, interpolation: "bicubic" } } as const;

export const tinyVit: Family = {
  name: "tiny_vit",
  match: (files) => tinyVitLikeness(mapTinyVitNames(files.weights.names)),
  describe(files, overrides) {
    const names = mapTinyVitNames(files.weights.names);
    refuseUnfit(names, "TinyViT");
    const shapes = namedShapes(files.weights, names);
    return describe(files, names, shapes, readTinyVitGeometry(files, names, shapes, overrides), {
      name: "tiny_vit",
      label: "TinyViT",
      preprocessing,
    });
  },
  build: buildTinyVit,
};

async function buildTinyVit(files: ModelFiles, { name, config }: ModelCard, job?: Job): Promise<Graph> {
  const names = mapTinyVitNames(files.weights.names);
  const reader = weightReader(files.weights, names, job);
  const { channels, imageSize, epsilon, gelu, depth } = config;
  const stages = config.stages ?? [];
  // [C,H,W] -> [H*W,C]
  const nodes: Node[] = [node("pixels.rows", "Patchify", [INPUT], { patchSize: 1 })];
  let map: FeatureMap = { name: "pixels.rows", grid: imageSize, order: rasterOrder(imageSize) };
  const add = ({ nodes: added, ...next }: ConvolvedMap) => {
    nodes.push(...added);
    map = next;
  };
  const convolve = async (at: string, options?: Stride) => add(await convolution(reader, at, map, options));
  const activate = (at: string) => add({ ...map, name: at, nodes: [node(at, "Gelu", [map.name], { approximate: gelu })] });

  await convolve("patch_embed.conv1", { stride: 2 });
  activate("patch_embed.act");
  await convolve("patch_embed.conv2", { stride: 2 });
  const convolutionBlocks = depth - stages.reduce((sum, stage) => sum + stage.depth, 0);
  for (let i = 0; i < convolutionBlocks; i++) {
    const b = `stages.0.blocks.${i}`;
    const shortcut = map.name;
    await convolve(`${b}.conv1`);
    activate(`${b}.act1`);
    await convolve(`${b}.conv2`);
    activate(`${b}.act2`);
    await convolve(`${b}.conv3`);
    add({ ...map, name: `${b}.add`, nodes: [node(`${b}.add`, "Add", [shortcut, map.name])] });
    activate(`${b}.act3`);
  }
  for (const [index, stage] of stages.entries()) {
    const s = `stages.${index + 1}`;
    await convolve(`${s}.downsample.conv1`);
    activate(`${s}.downsample.act1`);
    await convolve(`${s}.downsample.conv2`, { stride: 2, order: (grid) => windowOrder(grid, stage.window, 0) });
    activate(`${s}.downsample.act2`);
    await convolve(`${s}.downsample.conv3`);
    for (let i = 0; i < stage.depth; i++) add(await block(reader, `${s}.blocks.${i}`, map, config, stage));
  }
  nodes.push(
    node("pool", "ReduceMean", [map.name], { start: 0 }),
    node("norm", "LayerNormalization", ["pool"], { epsilon }, await layerNorm(reader, "norm")),
  );
  if (reader.has("head.weight")) nodes.push(gemm("head", "norm", await linear(reader, "head")));
  return makeGraph(name, [channels, ...imageSize], nodes);
}

/** x: [N,D] in the order of its windows -> the same: attention, convolution, MLP. */
async function block(
  reader: WeightReader,
  name: string,
  map: FeatureMap,
  { epsilon, gelu }: VitConfig,
  { grid, window, numHeads, embedDim }: StageConfig,
): Promise<ConvolvedMap> {
  const windows = (grid[0] * grid[1]) / window ** 2;
  // 1 / sqrt is correctly rounded everywhere; ** is not.
  const scale = 1 / Math.sqrt(embedDim / numHeads);
  const bias = { table: transposed(await reader.read(`${name}.attn.attention_biases`)), indices: distanceIndices(window) };
  const attention = [
    node(`${name}.attn.norm`, "LayerNormalization", [map.name], { epsilon }, await layerNorm(reader, `${name}.attn.norm`)),
    gemm(`${name}.attn.qkv`, `${name}.attn.norm`, byParts(await linear(reader, `${name}.attn.qkv`), numHeads)),
    node(`${name}.attn.matmul1`, "AttentionScores", [`${name}.attn.qkv`], { numHeads, scale, windows }),
    node(`${name}.attn.bias`, "AttentionBias", [`${name}.attn.matmul1`], {}, bias),
    node(`${name}.attn.softmax`, "Softmax", [`${name}.attn.bias`]),
    node(`${name}.attn.matmul2`, "AttentionOutput", [`${name}.attn.softmax`, `${name}.attn.qkv`]),
    gemm(`${name}.attn.proj`, `${name}.attn.matmul2`, await linear(reader, `${name}.attn.proj`)),
    node(`${name}.add1`, "Add", [map.name, `${name}.attn.proj`]),
  ];
  const local = await convolution(reader, `${name}.local_conv`, { ...map, name: `${name}.add1` });
  const mlp = [
    node(`${name}.mlp.norm`, "LayerNormalization", [local.name], { epsilon }, await layerNorm(reader, `${name}.mlp.norm`)),
    gemm(`${name}.mlp.fc1`, `${name}.mlp.norm`, await linear(reader, `${name}.mlp.fc1`)),
    node(`${name}.mlp.act`, "Gelu", [`${name}.mlp.fc1`], { approximate: gelu }),
    gemm(`${name}.mlp.fc2`, `${name}.mlp.act`, await linear(reader, `${name}.mlp.fc2`)),
    node(`${name}.add2`, "Add", [local.name, `${name}.mlp.fc2`]),
  ];
  return { ...local, name: `${name}.add2`, nodes: [...attention, ...local.nodes, ...mlp] };
}

/** [H,R] -> [R,H] */
function transposed({ shape: [rows, columns], data }: Tensor): Tensor {
  return tensor(
    [columns, rows],
    Float32Array.from({ length: data.length }, (_, i) => data[(i % rows) * columns + Math.floor(i / rows)]),
  );
}

/** Rows of query, key and value of each head after the other (heads outside) -> all queries, all keys, all values. weight: [3D,D] */
function byParts({ weight, bias }: Weights, heads: number): Weights {
  const [rows, columns] = weight.shape;
  const headDim = rows / 3 / heads;
  const sources = Array.from({ length: rows }, (_, row) => {
    const [part, head, within] = [Math.floor(row / (rows / 3)), Math.floor(row / headDim) % heads, row % headDim];
    return (head * 3 + part) * headDim + within;
  });
  const moved = new Float32Array(weight.data.length);
  sources.forEach((source, row) => moved.set(weight.data.subarray(source * columns, (source + 1) * columns), row * columns));
  const movedBias =
    bias &&
    tensor(
      [rows],
      Float32Array.from(sources, (source) => bias.data[source]),
    );
  return { weight: tensor([rows, columns], moved), ...(movedBias ? { bias: movedBias } : {}) };
}
