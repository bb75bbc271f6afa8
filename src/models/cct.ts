/**
 * Compact Convolutional Transformers (Hassani et al. 2021, arXiv 2104.05704), in the authors' names: convolutions and max pooling make the tokens, the residual
 * stream passes through a norm in every block, and a learned score of each token weighs them for the classifier.
 */
import type { ModelFiles } from "../formats/open-model.ts";
import { INPUT, makeGraph, type Graph, type Node } from "../graph/graph.ts";
import type { Job } from "../tensor/progress.ts";
import { elementCount, tensor, zeros } from "../tensor/tensor.ts";
import { cctLikeness, mapCctNames } from "./cct-names.ts";
import type { ModelCard, VitConfig } from "./config.ts";
import { imageSizePaths } from "./contradictions.ts";
import { convolutionRows, windowGrid, windowIndices, type Grid, type Window } from "./convolution.ts";
import { describe, type Geometry } from "./describe.ts";
import { modelError } from "./error-codes.ts";
import type { Family, Overrides } from "./family.ts";
import { readEpsilon, readGelu } from "./function-settings.ts";
import { gemm, node } from "./graph-nodes.ts";
import { chooseHeads } from "./heads.ts";
import { imagenetColours } from "./preprocessing.ts";
import { sizeField } from "./settings.ts";
import { namedShapes, refuseUnfit, wrongShape, type NamedShapes } from "./tensor-checks.ts";
import type { NameMap } from "./tensor-names.ts";
import { checkBlock, checkNorm, countBlocks } from "./vit-blocks.ts";
import { layerNorm, linear } from "./vit-weights.ts";
import { weightReader } from "./weight-reader.ts";

const NETWORK = "Compact Convolutional Transformer";
const POOLING: Window = { kernel: 3, stride: 2, padding: 1 };

/** The authors' program derives stride and padding from the kernel. */
const convolutionOf = (kernel: number): Window => ({
  kernel,
  stride: Math.max(1, Math.floor(kernel / 2) - 1),
  padding: Math.max(1, Math.floor(kernel / 2)),
});

export const cct: Family = {
  name: "cct",
  match: (files) => cctLikeness(mapCctNames(files.weights.names)),
  describe(files, overrides) {
    const names = mapCctNames(files.weights.names);
    refuseUnfit(names, NETWORK);
    const shapes = namedShapes(files.weights, names);
    const family = {
      name: "cct",
      label: NETWORK,
      preprocessing: { ...imagenetColours, huggingface: { scale: 1, interpolation: "bicubic" } },
    } as const;
    return describe(files, names, shapes, readCctGeometry(files, names, shapes, overrides), family);
  },
  build: buildCct,
};

function readCctGeometry({ config: settings }: ModelFiles, names: NameMap, shapes: NamedShapes, overrides: Overrides): Geometry {
  const layers = countLayers(names);
  const kernels = Array.from({ length: layers }, (_, i) => kernelOf(shapes, i));
  const channels = shapes.shape("tokenizer.0.weight")[1];
  const embedDim = shapes.shape(`tokenizer.${layers - 1}.weight`)[0];
  const depth = countBlocks(names);
  const mlpDim = shapes.matrix("blocks.0.mlp.fc1.weight")[0];
  for (let i = 0; i < depth; i++) checkBlock(shapes, `blocks.${i}`, embedDim, embedDim, mlpDim);
  checkNorm(shapes, "norm", embedDim);
  shapes.expect("attention_pool.weight", [1, embedDim]);
  const numClasses = shapes.has("head.weight") ? shapes.matrix("head.weight")[0] : 0;
  if (numClasses > 0) shapes.expect("head.weight", [numClasses, embedDim]);
  const reduction = kernels.reduce((product, kernel) => product * convolutionOf(kernel).stride * POOLING.stride, 1);
  const rows = shapes.has("pos_embed") ? elementCount(shapes.shape("pos_embed").slice(0, -1)) : null;
  if (rows !== null) shapes.expectRows("pos_embed", rows, embedDim);
  const stated = overrides.imageSize ?? sizeField(settings, imageSizePaths);
  const side = rows === null ? 224 : Math.sqrt(rows) * reduction;
  const imageSize = stated ?? ([side, side] as const);
  const grid = gridsOf(imageSize, kernels).at(-1)?.pooled ?? [0, 0];
  const tokens = grid[0] * grid[1];
  if (rows !== null && rows !== tokens) {
    throw modelError(
      "POSITIONS_MISMATCH",
      `The positional embedding has ${rows} rows.`,
      `The convolutions make ${tokens} tokens of an image of ${imageSize.join(" x ")} pixels.`,
      "Say in config.json (img_size) what size the model takes.",
    );
  }
  const heads = chooseHeads(settings, overrides, embedDim, embedDim);
  const config: VitConfig = {
    imageSize,
    patchSize: reduction,
    channels,
    embedDim,
    depth,
    numHeads: heads.numHeads,
    mlpDim,
    classToken: false,
    distilled: false,
    registerTokens: 0,
    numClasses,
    epsilon: readEpsilon(settings, names, 1e-5).epsilon,
    gelu: readGelu(settings, "none").gelu,
    pooling: "map",
    qkvBias: shapes.has("blocks.0.attn.qkv.bias"),
  };
  const assumed = [...(heads.assumed ? ["numHeads"] : []), ...(stated === null && rows === null ? ["imageSize"] : [])];
  return { config, tokens, assumed, notes: [] };
}

function countLayers({ source }: NameMap): number {
  let layers = 1;
  while (source.has(`tokenizer.${layers}.weight`)) layers++;
  return layers;
}

function kernelOf(shapes: NamedShapes, layer: number): number {
  const shape = shapes.shape(`tokenizer.${layer}.weight`);
  const before = layer === 0 ? shape[1] : shapes.shape(`tokenizer.${layer - 1}.weight`)[0];
  if (shape.length === 4 && shape[2] === shape[3] && shape[1] === before) return shape[2];
  throw wrongShape(shapes.fileName(`tokenizer.${layer}.weight`), shape, `a convolution [width, ${before}, kernel, kernel]`);
}

/** Tokens before each convolution, behind it, and behind its pooling. */
function gridsOf(imageSize: Grid, kernels: readonly number[]) {
  let grid = imageSize;
  return kernels.map((kernel) => {
    const before = grid;
    const convolved = windowGrid(before, convolutionOf(kernel));
    grid = windowGrid(convolved, POOLING);
    return { before, convolved, pooled: grid };
  });
}

async function buildCct(files: ModelFiles, { name, config, tokens }: ModelCard, job?: Job): Promise<Graph> {
  const names = mapCctNames(files.weights.names);
  const reader = weightReader(files.weights, names, job);
  const { embedDim, numHeads, epsilon, gelu } = config;
  // [C,H,W] -> [H*W,C]
  const nodes: Node[] = [node("pixels.rows", "Patchify", [INPUT], { patchSize: 1 })];
  const last = () => nodes[nodes.length - 1].name;
  const norm = async (at: string, input: string) => node(at, "LayerNormalization", [input], { epsilon }, await layerNorm(reader, at));
  const kernels = Array.from(
    { length: countLayers(names) },
    (_, i) => files.weights.shape(names.source.get(`tokenizer.${i}.weight`) ?? "")[2],
  );
  for (const [i, { before, convolved }] of gridsOf(config.imageSize, kernels).entries()) {
    const at = `tokenizer.${i}`;
    const { weight, ...bias } = await linear(reader, at);
    nodes.push(
      node(`${at}.windows`, "GatherRows", [last()], {}, { indices: windowIndices(before, convolutionOf(kernels[i])) }),
      gemm(at, `${at}.windows`, { weight: convolutionRows(weight), ...bias }),
      node(`${at}.relu`, "Activation", [at], { kind: "relu" }),
      node(`${at}.pool`, "MaxRows", [`${at}.relu`], {}, { indices: windowIndices(convolved, POOLING) }),
    );
  }
  if (reader.has("pos_embed")) {
    const positions = tensor([tokens, embedDim], (await reader.read("pos_embed")).data);
    nodes.push(node("tokens", "PrependTokens", [last()], {}, { prefix: zeros([0, embedDim]), positions }));
  }
  for (let i = 0; i < config.depth; i++) {
    const b = `blocks.${i}`;
    const input = last();
    nodes.push(
      await norm(`${b}.norm1`, input),
      gemm(`${b}.attn.qkv`, `${b}.norm1`, await linear(reader, `${b}.attn.qkv`)),
      // 1 / sqrt is correctly rounded everywhere; ** is not.
      node(`${b}.attn.matmul1`, "AttentionScores", [`${b}.attn.qkv`], { numHeads, scale: 1 / Math.sqrt(embedDim / numHeads) }),
      node(`${b}.attn.softmax`, "Softmax", [`${b}.attn.matmul1`]),
      node(`${b}.attn.matmul2`, "AttentionOutput", [`${b}.attn.softmax`, `${b}.attn.qkv`]),
      gemm(`${b}.attn.proj`, `${b}.attn.matmul2`, await linear(reader, `${b}.attn.proj`)),
      node(`${b}.add1`, "Add", [input, `${b}.attn.proj`]),
      // The residual goes through this norm as well.
      await norm(`${b}.norm2`, `${b}.add1`),
      gemm(`${b}.mlp.fc1`, `${b}.norm2`, await linear(reader, `${b}.mlp.fc1`)),
      node(`${b}.mlp.act`, "Gelu", [`${b}.mlp.fc1`], { approximate: gelu }),
      gemm(`${b}.mlp.fc2`, `${b}.mlp.act`, await linear(reader, `${b}.mlp.fc2`)),
      node(`${b}.add2`, "Add", [`${b}.norm2`, `${b}.mlp.fc2`]),
    );
  }
  nodes.push(
    await norm("norm", last()),
    gemm("attention_pool", "norm", await linear(reader, "attention_pool")),
    node("pool", "SoftmaxPool", ["attention_pool", "norm"]),
  );
  if (reader.has("head.weight")) nodes.push(gemm("head", "pool", await linear(reader, "head")));
  return makeGraph(name, [config.channels, ...config.imageSize], nodes);
}
