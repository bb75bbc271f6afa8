/**
 * The graph of a plain Vision Transformer (Dosovitskiy et al. 2021, arXiv:2010.11929) and of distilled DeiT (Touvron et al. 2021,
 * arXiv:2012.12877): pre-norm blocks of attention and MLP, values named as timm names its modules.
 */
import type { ModelFiles } from "../formats/open-model.ts";
import { INPUT, makeGraph, type Graph, type Node } from "../graph/graph.ts";
import type { Weights } from "../graph/quantizer.ts";
import type { Job } from "../tensor/progress.ts";
import type { ModelCard, VitConfig } from "./config.ts";
import { gemm, node } from "./graph-nodes.ts";
import { normed, settled } from "./norms.ts";
import type { NameMap } from "./tensor-names.ts";
import { attention } from "./vit-attention.ts";
import { mlp, poolAndClassify } from "./vit-head.ts";
import { linear, tokenWeights } from "./vit-weights.ts";
import { weightReader, type WeightReader } from "./weight-reader.ts";
import { relativeIndicesWithClass } from "./windows.ts";

/** `card` and `names` must come from describing the same files. */
export async function buildVit(files: ModelFiles, card: ModelCard, names: NameMap, job?: Job): Promise<Graph> {
  const reader = weightReader(files.weights, names, job);
  const { imageSize, channels, patchSize, embedDim, depth, postNorm } = card.config;
  // Hugging Face resamples positions without antialiasing, but for DINOv2 with registers; timm with it.
  const antialias = names.naming === "timm" || names.prefix === "dinov2_with_registers";
  // x: [P, C*p*p] -> [P,D] -> [N,D]
  const nodes = [
    node("patch_embed.patches", "Patchify", [INPUT], { patchSize }),
    // A convolution of stride p over patches is a matrix product: [D,C,p,p] is [D, C*p*p] row by row.
    gemm("patch_embed.proj", "patch_embed.patches", await linear(reader, "patch_embed.proj", [embedDim, channels * patchSize ** 2])),
    node("tokens", "PrependTokens", ["patch_embed.proj"], {}, await tokenWeights(reader, card, antialias)),
  ];
  if (reader.has("norm_pre.weight")) nodes.push(...settled(await normed(reader, "norm_pre", "tokens", card.config), "norm_pre").nodes);
  const biasOf = await relativePositions(reader, card.config);
  for (let i = 0; i < depth; i++) {
    nodes.push(
      ...(await (postNorm ? postNormBlock : block)(reader, `blocks.${i}`, nodes[nodes.length - 1].name, card.config, await biasOf(i))),
    );
  }
  nodes.push(...(await poolAndClassify(reader, nodes[nodes.length - 1].name, card.config)));
  return makeGraph(card.name, [channels, ...imageSize], nodes);
}

/** The weights of each block's AttentionBias: from one table for all, from a table of its own, or none. */
async function relativePositions(
  reader: WeightReader,
  { imageSize, patchSize }: VitConfig,
): Promise<(block: number) => Promise<Weights | null>> {
  const grid = [imageSize[0] / patchSize, imageSize[1] / patchSize] as const;
  const read = async (owner: string): Promise<Weights> => {
    const table = await reader.read(`${owner}.relative_position_bias_table`);
    return { table, indices: relativeIndicesWithClass(grid, table.shape[0]) };
  };
  const shared = reader.has("rel_pos_bias.relative_position_bias_table") ? await read("rel_pos_bias") : null;
  return async (i) => {
    const own = `blocks.${i}.attn`;
    return shared ?? (reader.has(`${own}.relative_position_bias_table`) ? await read(own) : null);
  };
}

/** x: [N,D] -> x + attention(norm1(x)) -> that + mlp(norm2(that)): [N,D] */
async function block(reader: WeightReader, name: string, input: string, config: VitConfig, bias: Weights | null): Promise<Node[]> {
  const [first, second] = [
    await normed(reader, `${name}.norm1`, input, config),
    await normed(reader, `${name}.norm2`, `${name}.add1`, config),
  ];
  return [
    ...first.nodes,
    ...(await attention(reader, name, first, config, bias)),
    node(`${name}.add1`, "Add", [input, `${name}.attn.proj`]),
    ...second.nodes,
    ...(await mlp(reader, `${name}.mlp`, second, config, `${name}.ls2.gamma`)),
    node(`${name}.add2`, "Add", [`${name}.add1`, `${name}.mlp.fc2`]),
  ];
}

/** x: [N,D] -> norm1(x + attention(x)) -> norm2(that + mlp(that)): [N,D] (Vaswani et al. 2017, arXiv:1706.03762) */
async function postNormBlock(reader: WeightReader, name: string, input: string, config: VitConfig, bias: Weights | null): Promise<Node[]> {
  const [norm1, norm2] = [`${name}.norm1`, `${name}.norm2`];
  // The residual sum reads a norm's output too, so that nothing of it can be left to the next Linear.
  const first = settled(await normed(reader, norm1, `${name}.add1`, config), norm1);
  const second = settled(await normed(reader, norm2, `${name}.add2`, config), norm2);
  return [
    ...(await attention(reader, name, { name: input, nodes: [], pending: null }, config, bias)),
    node(`${name}.add1`, "Add", [input, `${name}.attn.proj`]),
    ...first.nodes,
    ...(await mlp(reader, `${name}.mlp`, first, config, `${name}.ls2.gamma`)),
    node(`${name}.add2`, "Add", [norm1, `${name}.mlp.fc2`]),
    ...second.nodes,
  ];
}
