/** What follows the blocks of a Vision Transformer: last norm, pooling (class token, mean, or attention of a learned query), classifier or projection. */
import type { Node } from "../graph/graph.ts";
import type { Weights } from "../graph/quantizer.ts";
import { tensor, zeros, type Tensor } from "../tensor/tensor.ts";
import type { VitConfig } from "./config.ts";
import { gemm, node } from "./graph-nodes.ts";
import { absorbed, normed, settled, type ChannelMap, type Normed } from "./norms.ts";
import { concatenateRows, linear, scaledLinear, scaleRows, splitRows } from "./vit-weights.ts";
import type { WeightReader } from "./weight-reader.ts";

/** x: [...,D] -> [...,D]: plain, or gated (SwiGLU) where the first layer is twice as wide as the second reads. */
export async function mlp(reader: WeightReader, name: string, input: Normed, config: VitConfig, gamma: string): Promise<Node[]> {
  const fc1 = absorbed(await linear(reader, `${name}.fc1`), input.pending);
  const fc2 = await scaledLinear(reader, `${name}.fc2`, gamma);
  const isGated = fc1.weight.shape[0] === 2 * fc2.weight.shape[1];
  return [
    gemm(`${name}.fc1`, input.name, fc1),
    isGated ? node(`${name}.act`, "GatedActivation", [`${name}.fc1`], { kind: "silu" }) : activation(`${name}.act`, `${name}.fc1`, config),
    gemm(`${name}.fc2`, `${name}.act`, fc2),
  ];
}

/** GELU in one of its forms, or what a configuration names instead. */
export function activation(name: string, input: string, { gelu, activation: other }: VitConfig): Node {
  if (!other) return node(name, "Gelu", [input], { approximate: gelu });
  const coefficients = other.coefficients?.map((value, power) => [`c${power}`, value] as const) ?? [];
  return node(name, "Activation", [input], { kind: other.kind, ...Object.fromEntries(coefficients) });
}

/** x: [N,D] -> logits [classes], or features where there is no head. */
export async function poolAndClassify(reader: WeightReader, input: string, config: VitConfig): Promise<Node[]> {
  const { pooling, embedDim } = config;
  const nodes: Node[] = [];
  let value = input;
  let pending: ChannelMap | null = null;
  const add = (norm: Normed) => {
    nodes.push(...norm.nodes);
    [value, pending] = [norm.name, norm.pending];
  };
  const apply = async (name: string) => {
    if (!reader.has(`${name}.weight`)) return;
    if (pending) add(settled({ name: value, nodes: [], pending }, `${value}.affine`));
    add(await normed(reader, name, value, config));
  };
  await apply("norm");
  // A norm behind the choice of one token is the same as before it, row by row, and needs no form of its own.
  if (pooling === "token") await apply("fc_norm");
  if (pending && pooling === "map") add(settled({ name: value, nodes: [], pending }, `${value}.affine`));
  const beforePooling = value;
  const start = Number(config.classToken) + Number(config.distilled) + config.registerTokens;
  if (pooling === "map") nodes.push(...(await attentionPool(reader, value, config)));
  else nodes.push(pooling === "token" ? node("pool", "Gather", [value], { index: 0 }) : node("pool", "ReduceMean", [value], { start }));
  value = nodes[nodes.length - 1].name;
  if (pooling !== "token") await apply("fc_norm");
  if (!reader.has("head.weight")) return [...nodes, ...settled({ name: value, nodes: [], pending }, "features").nodes];
  if (reader.has("pre_logits.weight")) return [...nodes, ...(await hiddenHead(reader, { name: value, nodes: [], pending }, config))];
  const head = absorbed(await linear(reader, "head"), pending);
  if (head.weight.shape[1] === 2 * embedDim) return [...nodes, ...tokenAndMean(head, beforePooling, start, embedDim)];
  if (!reader.has("head_dist.weight")) return [...nodes, gemm("head", value, head)];
  // Two heads, on class and distillation token, are averaged: half of each weight, then a sum. Halving is exact.
  const halves = new Float32Array(head.weight.shape[0]).fill(0.5);
  const distilled = absorbed(await linear(reader, "head_dist"), pending);
  return [
    ...nodes,
    node("pool_dist", "Gather", [beforePooling], { index: 1 }),
    gemm("head", value, scaleRows(head, halves)),
    gemm("head_dist", "pool_dist", scaleRows(distilled, halves)),
    node("logits", "Add", ["head", "head_dist"]),
  ];
}

/** A classifier with a hidden layer. */
async function hiddenHead(reader: WeightReader, input: Normed, config: VitConfig): Promise<Node[]> {
  return [
    gemm("pre_logits", input.name, absorbed(await linear(reader, "pre_logits"), input.pending)),
    activation("pre_logits.act", "pre_logits", config),
    gemm("head", "pre_logits.act", await linear(reader, "head")),
  ];
}

/** A classifier of the class token and the mean of the patches side by side: a sum of two. weight: [C,2D] */
function tokenAndMean({ weight, bias }: Weights, normed: string, start: number, embedDim: number): Node[] {
  const [token, mean] = [0, embedDim].map((first) => ({ weight: columnsOf(weight, first, embedDim) }));
  return [
    node("pool_patches", "ReduceMean", [normed], { start }),
    gemm("head", "pool", bias ? { ...token, bias } : token),
    gemm("head_patches", "pool_patches", mean),
    node("logits", "Add", ["head", "head_patches"]),
  ];
}

function columnsOf(weight: Tensor, first: number, count: number): Tensor {
  const [rows, columns] = weight.shape;
  const out = new Float32Array(rows * count);
  for (let row = 0; row < rows; row++) out.set(weight.data.subarray(row * columns + first, row * columns + first + count), row * count);
  return tensor([rows, count], out);
}

/**
 * x: [N,D] -> [D]: one learned query attends to all tokens. The query does not depend on the image, so every row of an ordinary attention gets it by bias
 * alone (its weights are 0), and one row is read: N times the work of a single query, in kernels and recipes that exist.
 */
async function attentionPool(reader: WeightReader, input: string, config: VitConfig): Promise<Node[]> {
  const { numHeads, embedDim } = config;
  const name = "attn_pool";
  const scale = 1 / Math.sqrt(embedDim / numHeads);
  const nodes = [
    gemm(`${name}.qkv`, input, await latentQkv(reader, name, embedDim)),
    node(`${name}.matmul1`, "AttentionScores", [`${name}.qkv`], { numHeads, scale }),
    node(`${name}.softmax`, "Softmax", [`${name}.matmul1`]),
    node(`${name}.matmul2`, "AttentionOutput", [`${name}.softmax`, `${name}.qkv`]),
    // All rows are equal; not the first, which other models keep for their class token.
    node("pool", "Gather", [`${name}.matmul2`], { index: 1 }),
    gemm(`${name}.proj`, "pool", await linear(reader, `${name}.proj`)),
  ];
  if (!reader.has(`${name}.mlp.fc1.weight`)) return nodes;
  const norm = await normed(reader, `${name}.norm`, `${name}.proj`, config);
  return [
    ...nodes,
    ...norm.nodes,
    ...(await mlp(reader, `${name}.mlp`, norm, config, "")),
    node(`${name}.add`, "Add", [`${name}.proj`, `${name}.mlp.fc2`]),
  ];
}

/** {weight [3D,D], bias [3D]}: rows 0, then key and value; biases W_q latent + b_q, then those of key and value. */
async function latentQkv(reader: WeightReader, name: string, embedDim: number): Promise<Weights> {
  const latent = (await reader.read(`${name}.latent`)).data;
  const isFused = reader.has(`${name}.in_proj.weight`);
  const [query, keyValue] = isFused
    ? splitRows(await linear(reader, `${name}.in_proj`), embedDim)
    : [await linear(reader, `${name}.q`), await linear(reader, `${name}.kv`)];
  const bias = new Float32Array(3 * embedDim);
  for (let row = 0; row < embedDim; row++) {
    let sum = query.bias?.data[row] ?? 0;
    for (let i = 0; i < embedDim; i++) sum += query.weight.data[row * embedDim + i] * latent[i];
    bias[row] = sum;
  }
  if (keyValue.bias) bias.set(keyValue.bias.data, embedDim);
  return { weight: concatenateRows([zeros([embedDim, embedDim]), keyValue.weight]), bias: tensor([3 * embedDim], bias) };
}
