/**
 * MobileViT (Mehta, Rastegari 2022, arXiv 2110.02178): inverted residuals, and in later stages transformers in which pixels at the same place of their patches
 * attend to each other. timm's `mobilevit_*` and Hugging Face's MobileViTForImageClassification and MobileViTModel. Convolutions read and write rows in the
 * order of patches, so that nothing is permuted.
 */
import type { ModelFiles } from "../formats/open-model.ts";
import { INPUT, makeGraph, type Graph, type Node } from "../graph/graph.ts";
import type { Weights } from "../graph/quantizer.ts";
import type { Job } from "../tensor/progress.ts";
import { tensor } from "../tensor/tensor.ts";
import type { ModelCard, VitConfig } from "./config.ts";
import { convolution, convolved, foldedConvolution, type ConvolvedMap, type FeatureMap } from "./convolution-layers.ts";
import { describe } from "./describe.ts";
import type { Family } from "./family.ts";
import { gemm, node } from "./graph-nodes.ts";
import { mobileVitStages, patchOf, readMobileVitGeometry } from "./mobilevit-geometry.ts";
import { mapMobileVitNames, mobileVitLikeness } from "./mobilevit-names.ts";
import { booleanField } from "./settings.ts";
import { namedShapes, refuseUnfit } from "./tensor-checks.ts";
import { activation } from "./vit-head.ts";
import { fusedQkv, layerNorm, linear } from "./vit-weights.ts";
import { weightReader, type WeightReader } from "./weight-reader.ts";
import { patchOrder, rasterOrder } from "./windows.ts";

const preprocessing = {
  mean: [0, 0, 0],
  std: [1, 1, 1],
  huggingface: { scale: 288 / 256, interpolation: "bilinear", resize: "shortest" },
} as const;

export const mobilevit: Family = {
  name: "mobilevit",
  match: (files) => mobileVitLikeness(mapMobileVitNames(files.weights.names)),
  describe(files, overrides) {
    const names = mapMobileVitNames(files.weights.names);
    refuseUnfit(names, "MobileViT");
    const shapes = namedShapes(files.weights, names);
    const geometry = readMobileVitGeometry(files, names, shapes, overrides);
    const { card, notes } = describe(files, names, shapes, geometry, { name: "mobilevit", label: "MobileViT", preprocessing });
    const note = "The network takes blue, green, red; its first layer is turned around, so that images stay red, green, blue.";
    return { card, notes: readsBlueFirst(files) ? [...notes, note] : notes };
  },
  build: buildMobileVit,
};

/** Hugging Face's processor swaps the channels unless its file says otherwise. */
function readsBlueFirst({ weights, preprocessor }: ModelFiles): boolean {
  const swaps = booleanField(preprocessor, ["do_flip_channel_order"]);
  return swaps ?? mapMobileVitNames(weights.names).naming === "huggingface";
}

async function buildMobileVit(files: ModelFiles, { name, config }: ModelCard, job?: Job): Promise<Graph> {
  const names = mapMobileVitNames(files.weights.names);
  const reader = weightReader(files.weights, names, job);
  const { channels, imageSize } = config;
  // [C,H,W] -> [H*W,C]
  const nodes: Node[] = [node("pixels.rows", "Patchify", [INPUT], { patchSize: 1 })];
  let map: FeatureMap = { name: "pixels.rows", grid: imageSize, order: rasterOrder(imageSize) };
  const add = ({ nodes: added, ...next }: ConvolvedMap) => {
    nodes.push(...added);
    map = next;
  };
  const activate = (at: string) => add({ ...map, name: at, nodes: [activation(at, map.name, config)] });
  const stem = await foldedConvolution(reader, "stem");
  add(convolved("stem", map, readsBlueFirst(files) ? channelsReversed(stem) : stem, { stride: 2 }));
  activate("stem.act");
  for (const [s, { residuals, depth }] of mobileVitStages(names).entries()) {
    for (let i = 0; i < residuals; i++) {
      const b = `stages.${s}.${i}`;
      const shortcut = map.name;
      const [before, stride] = [nodes.length, s > 0 && i === 0 ? 2 : 1];
      add(await convolution(reader, `${b}.conv1_1x1`, map));
      activate(`${b}.act1`);
      add(await convolution(reader, `${b}.conv2_kxk`, map, { stride }));
      activate(`${b}.act2`);
      add(await convolution(reader, `${b}.conv3_1x1`, map));
      const [expanding, reducing] = [nodes[before], nodes[nodes.length - 1]].map(({ weights }) => weights.weight.shape);
      if (stride === 1 && expanding[1] === reducing[0]) {
        add({ ...map, name: `${b}.add`, nodes: [node(`${b}.add`, "Add", [shortcut, map.name])] });
      }
    }
    if (depth > 0) add(await transformer(reader, `stages.${s}.${residuals}`, map, depth, patchOf(files.config), config));
  }
  add(await convolution(reader, "final_conv", map));
  activate("final_conv.act");
  nodes.push(node("pool", "ReduceMean", [map.name], { start: 0 }));
  if (reader.has("head.weight")) nodes.push(gemm("head", "pool", await linear(reader, "head")));
  return makeGraph(name, [channels, ...imageSize], nodes);
}

/** x: [H*W,C] -> the same: convolutions, attention among the patches, and both sides by side through the last convolution. */
async function transformer(
  reader: WeightReader,
  name: string,
  map: FeatureMap,
  depth: number,
  patch: number,
  config: VitConfig,
): Promise<ConvolvedMap> {
  const { epsilon } = config;
  const local = await convolution(reader, `${name}.conv_kxk`, map, { order: (grid) => patchOrder(grid, patch) });
  const weight = await reader.read(`${name}.conv_1x1.weight`);
  const nodes: Node[] = [
    ...local.nodes,
    activation(`${name}.act`, local.name, config),
    gemm(`${name}.conv_1x1`, `${name}.act`, { weight: tensor([weight.shape[0], weight.shape[1]], weight.data) }),
  ];
  for (let i = 0; i < depth; i++)
    nodes.push(...(await layer(reader, `${name}.transformer.${i}`, nodes[nodes.length - 1].name, patch, config)));
  nodes.push(
    node(`${name}.norm`, "LayerNormalization", [nodes[nodes.length - 1].name], { epsilon }, await layerNorm(reader, `${name}.norm`)),
  );
  const projected = await convolution(reader, `${name}.conv_proj`, { ...local, name: `${name}.norm` });
  nodes.push(...projected.nodes, activation(`${name}.conv_proj.act`, projected.name, config));
  // A convolution of two maps side by side is the sum of two.
  const [ofInput, ofPatches] = halves(await foldedConvolution(reader, `${name}.conv_fusion`));
  const raster = () => map.order;
  const shortcut = convolved(`${name}.conv_fusion.input`, map, ofInput);
  const fused = convolved(`${name}.conv_fusion`, { ...local, name: `${name}.conv_proj.act` }, ofPatches, { order: raster });
  nodes.push(
    ...shortcut.nodes,
    ...fused.nodes,
    node(`${name}.conv_fusion.add`, "Add", [shortcut.name, fused.name]),
    activation(`${name}.conv_fusion.act`, `${name}.conv_fusion.add`, config),
  );
  return { ...map, name: `${name}.conv_fusion.act`, nodes };
}

/** x: [N,D] in the order of patches -> the same. */
async function layer(reader: WeightReader, name: string, input: string, patch: number, config: VitConfig): Promise<Node[]> {
  const { epsilon, numHeads } = config;
  const norm = async (at: string, from: string) => node(at, "LayerNormalization", [from], { epsilon }, await layerNorm(reader, at));
  const qkv = await fusedQkv(reader, `${name}.attn`);
  // 1 / sqrt is correctly rounded everywhere; ** is not.
  const scale = 1 / Math.sqrt(qkv.weight.shape[0] / 3 / numHeads);
  return [
    await norm(`${name}.norm1`, input),
    gemm(`${name}.attn.qkv`, `${name}.norm1`, qkv),
    node(`${name}.attn.matmul1`, "AttentionScores", [`${name}.attn.qkv`], { numHeads, scale, windows: patch * patch }),
    node(`${name}.attn.softmax`, "Softmax", [`${name}.attn.matmul1`]),
    node(`${name}.attn.matmul2`, "AttentionOutput", [`${name}.attn.softmax`, `${name}.attn.qkv`]),
    gemm(`${name}.attn.proj`, `${name}.attn.matmul2`, await linear(reader, `${name}.attn.proj`)),
    node(`${name}.add1`, "Add", [input, `${name}.attn.proj`]),
    await norm(`${name}.norm2`, `${name}.add1`),
    gemm(`${name}.mlp.fc1`, `${name}.norm2`, await linear(reader, `${name}.mlp.fc1`)),
    activation(`${name}.mlp.act`, `${name}.mlp.fc1`, config),
    gemm(`${name}.mlp.fc2`, `${name}.mlp.act`, await linear(reader, `${name}.mlp.fc2`)),
    node(`${name}.add2`, "Add", [`${name}.add1`, `${name}.mlp.fc2`]),
  ];
}

/** Input channels of [N,C,k,k] from the last to the first. */
function channelsReversed({ weight, ...bias }: Weights): Weights {
  const [, channels, kernel] = weight.shape;
  const area = kernel * kernel;
  const out = weight.data.map((_, at) => {
    const channel = Math.floor(at / area) % channels;
    return weight.data[at + (channels - 1 - 2 * channel) * area];
  });
  return { weight: tensor(weight.shape, out), ...bias };
}

/** The halves [N,C/2,k,k] of the input channels; the second keeps the bias. */
function halves({ weight, ...bias }: Weights): readonly [Weights, Weights] {
  const [n, channels, kernel] = weight.shape;
  const size = (channels / 2) * kernel * kernel;
  const half = (second: number) =>
    tensor(
      [n, channels / 2, kernel, kernel],
      Float32Array.from({ length: n * size }, (_, i) => weight.data[Math.floor(i / size) * 2 * size + second * size + (i % size)]),
    );
  return [{ weight: half(0) }, { weight: half(1), ...bias }];
}
