/**
 * The graph of a plain Vision Transformer (Dosovitskiy et al. 2021, arXiv:2010.11929) and of distilled DeiT (Touvron et al. 2021,
 * arXiv:2012.12877): pre-norm blocks of attention and MLP, values named as timm names its modules.
 */
import type { ModelFiles } from "../formats/open-model.ts";
import { INPUT, makeGraph, type Attributes, type Graph, type Node } from "../graph/graph.ts";
import type { OpName } from "../graph/ops.ts";
import type { Weights } from "../graph/quantizer.ts";
import type { Job } from "../tensor/progress.ts";
import type { ModelCard, VitConfig } from "./config.ts";
import { mapNames } from "./tensor-names.ts";
import { fusedQkv, layerNorm, linear, scaledLinear, scaleRows, tokenWeights } from "./vit-weights.ts";
import { weightReader, type WeightReader } from "./weight-reader.ts";

/** `card` must come from describing the same files. */
export async function buildVit(files: ModelFiles, card: ModelCard, job?: Job): Promise<Graph> {
  const reader = weightReader(files.weights, mapNames(files.weights.names), job);
  const { imageSize, channels, patchSize, embedDim, depth } = card.config;
  // x: [P, C*p*p] -> [P,D] -> [N,D]
  const nodes = [
    node("patch_embed.patches", "Patchify", [INPUT], { patchSize }),
    // A convolution of stride p over patches is a matrix product: [D,C,p,p] is [D, C*p*p] row by row.
    gemm("patch_embed.proj", "patch_embed.patches", await linear(reader, "patch_embed.proj", [embedDim, channels * patchSize ** 2])),
    node("tokens", "PrependTokens", ["patch_embed.proj"], {}, await tokenWeights(reader, card)),
  ];
  for (let i = 0; i < depth; i++) {
    nodes.push(...(await block(reader, `blocks.${i}`, i === 0 ? "tokens" : `blocks.${i - 1}.add2`, card.config)));
  }
  nodes.push(...(await classifier(reader, `blocks.${depth - 1}.add2`, card.config)));
  return makeGraph(card.name, [channels, ...imageSize], nodes);
}

/** x: [N,D] -> x + attention(norm1(x)) -> that + mlp(norm2(that)): [N,D] */
async function block(reader: WeightReader, name: string, input: string, config: VitConfig): Promise<Node[]> {
  const { numHeads, epsilon, gelu } = config;
  const qkv = await fusedQkv(reader, `${name}.attn`);
  // 1 / sqrt is correctly rounded everywhere; ** is not.
  const scale = 1 / Math.sqrt(qkv.weight.shape[0] / 3 / numHeads);
  return [
    node(`${name}.norm1`, "LayerNormalization", [input], { epsilon }, await layerNorm(reader, `${name}.norm1`)),
    gemm(`${name}.attn.qkv`, `${name}.norm1`, qkv), // [N,3A]
    node(`${name}.attn.matmul1`, "AttentionScores", [`${name}.attn.qkv`], { numHeads, scale }), // [H,N,N]
    node(`${name}.attn.softmax`, "Softmax", [`${name}.attn.matmul1`]),
    node(`${name}.attn.matmul2`, "AttentionOutput", [`${name}.attn.softmax`, `${name}.attn.qkv`]), // [N,A]
    gemm(`${name}.attn.proj`, `${name}.attn.matmul2`, await scaledLinear(reader, `${name}.attn.proj`, `${name}.ls1.gamma`)),
    node(`${name}.add1`, "Add", [input, `${name}.attn.proj`]),
    node(`${name}.norm2`, "LayerNormalization", [`${name}.add1`], { epsilon }, await layerNorm(reader, `${name}.norm2`)),
    gemm(`${name}.mlp.fc1`, `${name}.norm2`, await linear(reader, `${name}.mlp.fc1`)), // [N,M]
    node(`${name}.mlp.act`, "Gelu", [`${name}.mlp.fc1`], { approximate: gelu }),
    gemm(`${name}.mlp.fc2`, `${name}.mlp.act`, await scaledLinear(reader, `${name}.mlp.fc2`, `${name}.ls2.gamma`)),
    node(`${name}.add2`, "Add", [`${name}.add1`, `${name}.mlp.fc2`]),
  ];
}

/** x: [N,D] -> logits [classes] */
async function classifier(reader: WeightReader, input: string, config: VitConfig): Promise<Node[]> {
  const { epsilon, pooling } = config;
  const nodes: Node[] = [];
  let normed = input;
  // A norm behind the choice of one token is the same as before it, row by row, and needs no form of its own.
  for (const norm of pooling === "token" ? ["norm", "fc_norm"] : ["norm"]) {
    if (!reader.has(`${norm}.weight`)) continue;
    nodes.push(node(norm, "LayerNormalization", [normed], { epsilon }, await layerNorm(reader, norm)));
    normed = norm;
  }
  nodes.push(
    pooling === "token"
      ? node("pool", "Gather", [normed], { index: 0 })
      : node("pool", "ReduceMean", [normed], { start: Number(config.classToken) + Number(config.distilled) + config.registerTokens }),
  );
  const pooled = pooling === "mean" && reader.has("fc_norm.weight") ? "fc_norm" : "pool";
  if (pooled === "fc_norm") nodes.push(node("fc_norm", "LayerNormalization", ["pool"], { epsilon }, await layerNorm(reader, "fc_norm")));
  const head = await linear(reader, "head");
  if (!reader.has("head_dist.weight")) return [...nodes, gemm("head", pooled, head)];
  // Two heads, on class and distillation token, are averaged: half of each weight, then a sum. Halving is exact.
  const halves = new Float32Array(config.numClasses).fill(0.5);
  return [
    ...nodes,
    node("pool_dist", "Gather", [normed], { index: 1 }),
    gemm("head", pooled, scaleRows(head, halves)),
    gemm("head_dist", "pool_dist", scaleRows(await linear(reader, "head_dist"), halves)),
    node("logits", "Add", ["head", "head_dist"]),
  ];
}

function gemm(name: string, input: string, weights: Weights): Node {
  return node(name, "Gemm", [input], {}, weights);
}

function node(name: string, op: OpName, inputs: readonly string[], attributes: Attributes = {}, weights: Weights = {}): Node {
  return { name, op, inputs, attributes, weights };
}
