/**
 * A graph as the tensors of a checkpoint, in the names that Hugging Face gives a ViT or DeiT where the network is one, else in timm's (Swin's: the original's).
 * Folded weights stay folded: the network computes the same.
 */
import { INPUT, type Graph, type Node } from "../../graph/graph.ts";
import type { Quantizer } from "../../graph/quantizer.ts";
import type { ModelCard } from "../../models/config.ts";
import { isCentred, stretchOf } from "../../graph/ops.ts";
import { isTable } from "../../graph/tables.ts";
import { pickRows, scaleQuantizer } from "../../models/quantizer-rows.ts";
import { tensor, zeros, type Shape, type Tensor } from "../../tensor/tensor.ts";
import { exportUnsupported } from "./export-format.ts";

/** A Linear (or the patch embedding's convolution) of the checkpoint. */
export interface ExportedLayer {
  /** Of the module: "vit.encoder.layer.0.intermediate.dense". */
  readonly name: string;
  /** [N,K] as the graph multiplies. */
  readonly weight: Tensor;
  readonly bias: Tensor | null;
  /** As the checkpoint states it: [D,C,p,p] for a convolution. */
  readonly shape: Shape;
  readonly quantizers: { readonly weight?: Quantizer; readonly input?: Quantizer };
  /** Node of the graph. */
  readonly node: string;
}

export interface StateDict {
  readonly naming: "huggingface" | "timm";
  readonly layers: readonly ExportedLayer[];
  /** Everything else by name. */
  readonly tensors: Readonly<Record<string, Tensor>>;
}

/** Throws InputError EXPORT_UNSUPPORTED for networks with a part that no checkpoint in these names has a tensor for. */
export function stateDictOf(graph: Graph, card: ModelCard, format: string): StateDict {
  const naming = isHuggingface(graph, card) ? "huggingface" : "timm";
  const layers: ExportedLayer[] = [];
  const tensors: Record<string, Tensor> = {};
  const patches = graph.nodes.find(({ op }) => op === "Patchify");
  const patchSize = Number(patches?.attributes.patchSize);
  for (const node of graph.nodes) {
    const { name, op, weights, inputs } = node;
    if (op === "Gemm") {
      const isEmbedding = inputs[0] === patches?.name;
      const channels = graph.shapes[INPUT][0];
      const shape = isEmbedding ? [weights.weight.shape[0], channels, patchSize, patchSize] : weights.weight.shape;
      layers.push(...(name === LATENT_QKV ? latentLayers(node) : splitLayer(wholeHead(node, card), shape, naming)));
      if (name === LATENT_QKV) tensors["attn_pool.latent"] = zeros([1, 1, weights.weight.shape[1]]);
    } else if (op === "LayerNormalization") {
      if (node.attributes.arithmetic !== undefined) throw exportUnsupported(format, `${name}, which is computed in integers`);
      const norm = naming === "timm" ? name : huggingfaceName(name, card);
      tensors[`${norm}.weight`] = weights.scale;
      // RMSNorm has no shift, unless a recipe moved one into it.
      if (isCentred(node) || weights.bias.data.some((value) => value !== 0)) tensors[`${norm}.bias`] = weights.bias;
    } else if (op === "PrependTokens") Object.assign(tensors, tokensOf(node, card, naming, format));
    else if (op === "AttentionBias" && weights.table) tensors[`${name.replace(/bias$/, "")}relative_position_bias_table`] = weights.table;
    else if (!Object.keys(weights).every(isTable)) throw exportUnsupported(format, `${name} (${op})`);
  }
  return {
    naming,
    layers: naming === "timm" ? layers : layers.map((layer) => ({ ...layer, name: huggingfaceName(layer.name, card) })),
    tensors,
  };
}

/** What transformers' ViT and DeiT have no place for. */
const foreign: ReadonlySet<string> = new Set(["GatedActivation", "Activation", "AttentionBias", "HeadGate", "LinearAttention"]);

/** Whether transformers' ViTForImageClassification, DeiTForImageClassificationWithTeacher or ViTModel is exactly this network. */
function isHuggingface({ nodes }: Graph, { config }: ModelCard): boolean {
  const known =
    /^(patch_embed\.(patches|proj)|tokens|norm|pool|pool_dist|head|head_dist|logits|blocks\.\d+\.(norm[12]|add[12]|attn\.\w+|mlp\.\w+))$/;
  const isPlain = config.classToken && config.registerTokens === 0 && config.pooling === "token" && !config.postNorm && !config.norm;
  return isPlain && nodes.every((node) => known.test(node.name) && !foreign.has(node.op) && isCentred(node) && stretchOf(node) === null);
}

/** Two heads that are averaged lie halved in the graph. */
function wholeHead(node: Node, { config }: ModelCard): Node {
  if (!config.distilled || !/^head(_dist)?$/.test(node.name)) return node;
  const doubled = ({ shape, data }: Tensor) =>
    tensor(
      shape,
      data.map((value) => 2 * value),
    );
  const { weight, bias } = node.weights;
  const { weight: own, ...rest } = node.quantizers ?? {};
  const scaled = own && scaleQuantizer(own, new Float32Array(weight.shape[0]).fill(2));
  return {
    ...node,
    weights: { weight: doubled(weight), ...(bias ? { bias: doubled(bias) } : {}) },
    quantizers: { ...rest, ...(scaled ? { weight: scaled } : {}) },
  };
}

/** Of the learned query that pools: its own rows are 0, the query is their bias, so that any latent gives it; written in float (see compressed-tensors.ts). */
export const LATENT_QKV = "attn_pool.qkv";

function latentLayers({ name, weights: { weight, bias } }: Node): ExportedLayer[] {
  const [rows, width] = weight.shape;
  const layer = (part: string, first: number, end: number): ExportedLayer => ({
    name: `attn_pool.${part}`,
    node: name,
    weight: tensor([end - first, width], weight.data.slice(first * width, end * width)),
    shape: [end - first, width],
    bias: tensor([end - first], bias.data.slice(first, end)),
    quantizers: {},
  });
  return [layer("q", 0, rows / 3), layer("kv", rows / 3, rows)];
}

/** Hugging Face keeps query, key and value apart. */
function splitLayer({ name, weights, quantizers }: Node, shape: Shape, naming: StateDict["naming"]): ExportedLayer[] {
  const { weight, bias } = weights;
  const { weight: own, input } = quantizers ?? {};
  const layer = { name, node: name, weight, shape, bias: bias ?? null, quantizers: kept(own, input) };
  if (naming === "timm" || !name.endsWith(".attn.qkv")) return [layer];
  const [rows, columns] = [weight.shape[0] / 3, weight.shape[1]];
  return ["q", "k", "v"].map((part, i) => {
    const first = i * rows;
    const picked = own
      ? pickRows(Array.from({ length: rows }, (_, row) => ({ quantizer: own, row: first + row, count: weight.shape[0] })))
      : null;
    return {
      ...layer,
      name: name.replace(/qkv$/, part),
      shape: [rows, columns],
      weight: tensor([rows, columns], weight.data.slice(first * columns, (first + rows) * columns)),
      bias: bias ? tensor([rows], bias.data.slice(first, first + rows)) : null,
      quantizers: kept(picked && own?.axis === null ? own : (picked ?? undefined), input),
    };
  });
}

function kept(weight: Quantizer | undefined, input: Quantizer | undefined): ExportedLayer["quantizers"] {
  return { ...(weight ? { weight } : {}), ...(input ? { input } : {}) };
}

/** Positions of class and register tokens are inside their rows: their own rows of the positional embedding are 0. */
function tokensOf({ weights }: Node, { config }: ModelCard, naming: StateDict["naming"], format: string): Record<string, Tensor> {
  const { prefix, positions } = weights;
  const [rows, width] = prefix.shape;
  const names = [
    ...(config.classToken ? [["cls_token", "embeddings.cls_token", 1] as const] : []),
    ...(config.distilled ? [["dist_token", "embeddings.distillation_token", 1] as const] : []),
    ...(config.registerTokens > 0 ? [["reg_token", "embeddings.register_tokens", config.registerTokens] as const] : []),
  ];
  if (names.reduce((sum, [, , count]) => sum + count, 0) !== rows) throw exportUnsupported(format, `${rows} tokens before the patches`);
  const tensors: Record<string, Tensor> = {};
  let first = 0;
  for (const [timm, huggingface, count] of names) {
    tensors[naming === "timm" ? timm : prefixed(huggingface, config)] = tensor(
      [1, count, width],
      prefix.data.slice(first * width, (first + count) * width),
    );
    first += count;
  }
  const all = zeros([1, rows + positions.shape[0], width]);
  all.data.set(positions.data, rows * width);
  tensors[naming === "timm" ? "pos_embed" : prefixed("embeddings.position_embeddings", config)] = all;
  return tensors;
}

const huggingfaceRules: readonly (readonly [RegExp, string])[] = [
  [/^patch_embed\.proj$/, "embeddings.patch_embeddings.projection"],
  [/^norm$/, "layernorm"],
  [/^blocks\.(\d+)\.norm1$/, "encoder.layer.$1.layernorm_before"],
  [/^blocks\.(\d+)\.norm2$/, "encoder.layer.$1.layernorm_after"],
  [/^blocks\.(\d+)\.attn\.q$/, "encoder.layer.$1.attention.attention.query"],
  [/^blocks\.(\d+)\.attn\.k$/, "encoder.layer.$1.attention.attention.key"],
  [/^blocks\.(\d+)\.attn\.v$/, "encoder.layer.$1.attention.attention.value"],
  [/^blocks\.(\d+)\.attn\.proj$/, "encoder.layer.$1.attention.output.dense"],
  [/^blocks\.(\d+)\.mlp\.fc1$/, "encoder.layer.$1.intermediate.dense"],
  [/^blocks\.(\d+)\.mlp\.fc2$/, "encoder.layer.$1.output.dense"],
];

function huggingfaceName(name: string, { config }: ModelCard): string {
  if (name === "head") return config.distilled ? "cls_classifier" : "classifier";
  if (name === "head_dist") return "distillation_classifier";
  const rule = huggingfaceRules.find(([pattern]) => pattern.test(name));
  if (!rule) throw new Error(`internal: ${name} has no name in Hugging Face's ViT`);
  return prefixed(name.replace(...rule), config);
}

/** Models with a head hold the network under its name, those without hold it bare. */
function prefixed(name: string, { distilled, numClasses }: ModelCard["config"]): string {
  return numClasses > 0 ? `${distilled ? "deit" : "vit"}.${name}` : name;
}
