/** What follows the blocks of a Vision Transformer: last norm, pooling (class token, mean, or attention of a learned query), classifier or projection. */
import type { Node } from "../graph/graph.ts";
import type { Weights } from "../graph/quantizer.ts";
import { tensor, zeros, type Tensor } from "../tensor/tensor.ts";
import type { VitConfig } from "./config.ts";
import { gemm, node } from "./graph-nodes.ts";
import { concatenateRows, layerNorm, linear, scaledLinear, scaleRows } from "./vit-weights.ts";
import type { WeightReader } from "./weight-reader.ts";

/** x: [...,D] -> [...,D]: plain, or gated (SwiGLU) where the first layer is twice as wide as the second reads. */
export async function mlp(
  reader: WeightReader,
  name: string,
  input: string,
  { gelu }: Pick<VitConfig, "gelu">,
  gamma: string,
): Promise<Node[]> {
  const fc1 = await linear(reader, `${name}.fc1`);
  const fc2 = await scaledLinear(reader, `${name}.fc2`, gamma);
  const isGated = fc1.weight.shape[0] === 2 * fc2.weight.shape[1];
  return [
    gemm(`${name}.fc1`, input, fc1),
    isGated ? node(`${name}.act`, "GatedActivation", [`${name}.fc1`], { kind: "silu" }) : activation(`${name}.act`, `${name}.fc1`, gelu),
    gemm(`${name}.fc2`, `${name}.act`, fc2),
  ];
}

function activation(name: string, input: string, gelu: VitConfig["gelu"]): Node {
  return gelu === "relu" ? node(name, "Activation", [input], { kind: "relu" }) : node(name, "Gelu", [input], { approximate: gelu });
}

/** x: [N,D] -> logits [classes], or features where there is no head. */
export async function poolAndClassify(reader: WeightReader, input: string, config: VitConfig): Promise<Node[]> {
  const { epsilon, pooling, embedDim } = config;
  const nodes: Node[] = [];
  let normed = input;
  // A norm behind the choice of one token is the same as before it, row by row, and needs no form of its own.
  for (const norm of pooling === "token" ? ["norm", "fc_norm"] : ["norm"]) {
    if (!reader.has(`${norm}.weight`)) continue;
    nodes.push(node(norm, "LayerNormalization", [normed], { epsilon }, await layerNorm(reader, norm)));
    normed = norm;
  }
  const start = Number(config.classToken) + Number(config.distilled) + config.registerTokens;
  if (pooling === "map") nodes.push(...(await attentionPool(reader, normed, config)));
  else nodes.push(pooling === "token" ? node("pool", "Gather", [normed], { index: 0 }) : node("pool", "ReduceMean", [normed], { start }));
  const pooled = nodes[nodes.length - 1].name;
  const last = pooling !== "token" && reader.has("fc_norm.weight") ? "fc_norm" : pooled;
  if (last === "fc_norm") nodes.push(node("fc_norm", "LayerNormalization", [pooled], { epsilon }, await layerNorm(reader, "fc_norm")));
  if (!reader.has("head.weight")) return nodes;
  if (reader.has("pre_logits.weight")) {
    // A hidden layer before the classifier.
    return [
      ...nodes,
      gemm("pre_logits", last, await linear(reader, "pre_logits")),
      activation("pre_logits.act", "pre_logits", config.gelu),
      gemm("head", "pre_logits.act", await linear(reader, "head")),
    ];
  }
  const head = await linear(reader, "head");
  if (head.weight.shape[1] === 2 * embedDim) return [...nodes, ...tokenAndMean(head, normed, start, embedDim)];
  if (!reader.has("head_dist.weight")) return [...nodes, gemm("head", last, head)];
  // Two heads, on class and distillation token, are averaged: half of each weight, then a sum. Halving is exact.
  const halves = new Float32Array(head.weight.shape[0]).fill(0.5);
  return [
    ...nodes,
    node("pool_dist", "Gather", [normed], { index: 1 }),
    gemm("head", last, scaleRows(head, halves)),
    gemm("head_dist", "pool_dist", scaleRows(await linear(reader, "head_dist"), halves)),
    node("logits", "Add", ["head", "head_dist"]),
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
  const { numHeads, epsilon, embedDim } = config;
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
  return [
    ...nodes,
    node(`${name}.norm`, "LayerNormalization", [`${name}.proj`], { epsilon }, await layerNorm(reader, `${name}.norm`)),
    ...(await mlp(reader, `${name}.mlp`, `${name}.norm`, config, "")),
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

/** The first rows of a Linear, and the rest. */
function splitRows({ weight, bias }: Weights, rows: number): readonly [Weights, Weights] {
  const [total, columns] = weight.shape;
  const part = (first: number, end: number): Weights => ({
    weight: tensor([end - first, columns], weight.data.slice(first * columns, end * columns)),
    ...(bias ? { bias: tensor([end - first], bias.data.slice(first, end)) } : {}),
  });
  return [part(0, rows), part(rows, total)];
}
