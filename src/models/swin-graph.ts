/**
 * The graph of a Swin Transformer (Liu et al., ICCV 2021, arXiv 2103.14030): attention inside windows that are shifted in every second block, with a bias by
 * relative position; four tokens merge into one between stages; the classifier reads the mean. Rows stay in the order of windows, see windows.ts.
 */
import type { ModelFiles } from "../formats/open-model.ts";
import { INPUT, makeGraph, type Graph, type Node } from "../graph/graph.ts";
import type { Job } from "../tensor/progress.ts";
import type { ModelCard, StageConfig, VitConfig } from "./config.ts";
import { gemm, node } from "./graph-nodes.ts";
import { mapSwinNames } from "./swin-names.ts";
import { fusedQkv, layerNorm, linear } from "./vit-weights.ts";
import { weightReader, type WeightReader } from "./weight-reader.ts";
import { gatherIndices, mergeOrder, rasterOrder, relativeIndices, sameOrder, windowOrder, windowRegions, type Order } from "./windows.ts";

/** `card` must come from describing the same files. */
export async function buildSwin(files: ModelFiles, { name, config }: ModelCard, job?: Job): Promise<Graph> {
  const reader = weightReader(files.weights, mapSwinNames(files.weights.names), job);
  const { imageSize, channels, patchSize, epsilon } = config;
  const stages = config.stages ?? [];
  const firstDim = stages[0].embedDim;
  const nodes: Node[] = [
    node("patch_embed.patches", "Patchify", [INPUT], { patchSize }),
    gemm("patch_embed.proj", "patch_embed.patches", await linear(reader, "patch_embed.proj", [firstDim, channels * patchSize ** 2])),
  ];
  if (reader.has("patch_embed.norm.weight")) {
    nodes.push(
      node("patch_embed.norm", "LayerNormalization", ["patch_embed.proj"], { epsilon }, await layerNorm(reader, "patch_embed.norm")),
    );
  }
  let order = rasterOrder(stages[0].grid);
  for (const [index, stage] of stages.entries()) {
    for (let i = 0; i < stage.depth; i++) {
      const next = windowOrder(stage.grid, stage.window, shiftOf(stage, i));
      if (!sameOrder(order, next)) {
        nodes.push(node(`layers.${index}.windows.${i}`, "GatherRows", [last(nodes)], {}, { indices: gatherIndices(order, next) }));
      }
      order = next;
      nodes.push(...(await block(reader, `layers.${index}.blocks.${i}`, last(nodes), config, stage, shiftOf(stage, i))));
    }
    if (index + 1 < stages.length) {
      const next = windowOrder(stages[index + 1].grid, stages[index + 1].window, shiftOf(stages[index + 1], 0));
      nodes.push(...(await merging(reader, `layers.${index}.downsample`, last(nodes), stage, epsilon, order, next)));
      order = next;
    }
  }
  nodes.push(
    node("norm", "LayerNormalization", [last(nodes)], { epsilon }, await layerNorm(reader, "norm")),
    node("pool", "ReduceMean", ["norm"], { start: 0 }),
  );
  if (reader.has("head.weight")) nodes.push(gemm("head", "pool", await linear(reader, "head")));
  return makeGraph(name, [channels, ...imageSize], nodes);
}

const last = (nodes: readonly Node[]): string => nodes[nodes.length - 1].name;

/** Every second block's windows are shifted by half, unless there is but one window. */
function shiftOf({ grid, window }: StageConfig, block: number): number {
  return block % 2 === 1 && Math.min(...grid) > window ? Math.floor(window / 2) : 0;
}

/** x: [N,D] in the order of its windows -> the same. */
async function block(
  reader: WeightReader,
  name: string,
  input: string,
  { epsilon, gelu }: VitConfig,
  { grid, window, numHeads, embedDim }: StageConfig,
  shift: number,
): Promise<Node[]> {
  const windows = (grid[0] * grid[1]) / window ** 2;
  // 1 / sqrt is correctly rounded everywhere; ** is not.
  const scale = 1 / Math.sqrt(embedDim / numHeads);
  const bias = {
    table: await reader.read(`${name}.attn.relative_position_bias_table`),
    indices: relativeIndices(window),
    ...(shift > 0 ? { regions: windowRegions(grid, window, shift) } : {}),
  };
  return [
    node(`${name}.norm1`, "LayerNormalization", [input], { epsilon }, await layerNorm(reader, `${name}.norm1`)),
    gemm(`${name}.attn.qkv`, `${name}.norm1`, await fusedQkv(reader, `${name}.attn`)), // [N,3D]
    node(`${name}.attn.matmul1`, "AttentionScores", [`${name}.attn.qkv`], { numHeads, scale, windows }), // [W*H,w*w,w*w]
    node(`${name}.attn.bias`, "AttentionBias", [`${name}.attn.matmul1`], {}, bias),
    node(`${name}.attn.softmax`, "Softmax", [`${name}.attn.bias`]),
    node(`${name}.attn.matmul2`, "AttentionOutput", [`${name}.attn.softmax`, `${name}.attn.qkv`]), // [N,D]
    gemm(`${name}.attn.proj`, `${name}.attn.matmul2`, await linear(reader, `${name}.attn.proj`)),
    node(`${name}.add1`, "Add", [input, `${name}.attn.proj`]),
    node(`${name}.norm2`, "LayerNormalization", [`${name}.add1`], { epsilon }, await layerNorm(reader, `${name}.norm2`)),
    gemm(`${name}.mlp.fc1`, `${name}.norm2`, await linear(reader, `${name}.mlp.fc1`)),
    node(`${name}.mlp.act`, "Gelu", [`${name}.mlp.fc1`], { approximate: gelu }),
    gemm(`${name}.mlp.fc2`, `${name}.mlp.act`, await linear(reader, `${name}.mlp.fc2`)),
    node(`${name}.add2`, "Add", [`${name}.add1`, `${name}.mlp.fc2`]),
  ];
}

/** x: [N,D] -> [N/4,2D]: the four tokens of a square side by side, normalised, reduced; already in the order of the next stage's windows. */
async function merging(
  reader: WeightReader,
  name: string,
  input: string,
  { grid }: StageConfig,
  epsilon: number,
  from: Order,
  to: Order,
): Promise<Node[]> {
  const indices = gatherIndices(from, mergeOrder(grid, to), 4);
  return [
    node(`${name}.merge`, "GatherRows", [input], {}, { indices }), // [N/4,4D]
    node(`${name}.norm`, "LayerNormalization", [`${name}.merge`], { epsilon }, await layerNorm(reader, `${name}.norm`)),
    gemm(`${name}.reduction`, `${name}.norm`, await linear(reader, `${name}.reduction`)),
  ];
}
