/**
 * Small Vision Transformers with seeded random weights, in timm's or Hugging Face's names: the same options give the same network in both.
 * Weights are scaled so that activations stay of order one at any depth, and softmax is neither flat nor saturated.
 */
import { fromBytes, type ByteSource } from "../formats/byte-source.ts";
import type { JsonObject } from "../formats/json.ts";
import { writeSafetensors } from "../formats/safetensors-write.ts";
import { seededNormal } from "../tensor/random.ts";
import { elementCount, tensor, type Shape, type Tensor } from "../tensor/tensor.ts";

export interface SyntheticOptions {
  readonly naming?: "timm" | "huggingface";
  readonly seed?: number;
  readonly imageSize?: readonly [number, number];
  readonly patchSize?: number;
  readonly channels?: number;
  readonly embedDim?: number;
  readonly depth?: number;
  readonly numHeads?: number;
  readonly mlpDim?: number;
  readonly numClasses?: number;
  readonly qkvBias?: boolean;
  readonly classToken?: boolean;
  readonly distilled?: boolean;
  readonly registerTokens?: number;
  readonly layerScale?: boolean;
  /** mean: timm's global_pool avg, with fc_norm instead of norm. */
  readonly pooling?: "token" | "mean";
  /** Which tokens have rows in the positional embedding. */
  readonly positions?: "all" | "patches" | "class-and-patches";
  readonly epsilon?: number;
  readonly gelu?: "none" | "tanh";
}

export interface SyntheticModel {
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly config: JsonObject;
}

const defaults = {
  naming: "timm",
  seed: 1,
  imageSize: [16, 16],
  patchSize: 4,
  channels: 3,
  embedDim: 24,
  depth: 2,
  numHeads: 3,
  mlpDim: 48,
  numClasses: 5,
  qkvBias: true,
  classToken: true,
  distilled: false,
  registerTokens: 0,
  layerScale: false,
  pooling: "token",
  positions: "all",
  epsilon: 1e-6,
  gelu: "none",
} as const satisfies Required<SyntheticOptions>;

type Settings = Required<SyntheticOptions>;

export function syntheticVit(options: SyntheticOptions = {}): SyntheticModel {
  const settings: Settings = { ...defaults, ...options };
  const timm = timmTensors(settings);
  return settings.naming === "timm"
    ? { tensors: timm, config: timmConfig(settings) }
    : { tensors: toHuggingface(timm, settings), config: huggingfaceConfig(settings) };
}

/** The model as files: model.safetensors and config.json, in a folder when one is named ("deit/"). */
export function modelSources({ tensors, config }: SyntheticModel, folder = ""): ByteSource[] {
  return [
    fromBytes(writeSafetensors(tensors, { format: "pt" }), `${folder}model.safetensors`),
    fromBytes(new TextEncoder().encode(JSON.stringify(config)), `${folder}config.json`),
  ];
}

function timmTensors(settings: Settings): Record<string, Tensor> {
  const { seed, imageSize, patchSize, channels, embedDim, depth, mlpDim, numClasses, qkvBias } = settings;
  const { classToken, distilled, registerTokens, layerScale, pooling, positions } = settings;
  const patches = (imageSize[0] / patchSize) * (imageSize[1] / patchSize);
  const prefix = Number(classToken) + Number(distilled) + registerTokens;
  const rows = patches + { all: prefix, patches: 0, "class-and-patches": 1 }[positions];
  const tensors: Record<string, Tensor> = {};
  const normal = seededNormal(seed);
  const add = (name: string, shape: Shape, spread: number, mean = 0) => {
    tensors[name] = tensor(
      shape,
      Float32Array.from({ length: elementCount(shape) }, () => mean + spread * normal()),
    );
  };
  /** Outputs keep the inputs' variance: the spread is 1/sqrt(K). */
  const addLinear = (name: string, shape: Shape, hasBias = true) => {
    add(`${name}.weight`, shape, (elementCount(shape) / shape[0]) ** -0.5);
    if (hasBias) add(`${name}.bias`, [shape[0]], 0.1);
  };
  const addNorm = (name: string) => {
    add(`${name}.weight`, [embedDim], 0.2, 1);
    add(`${name}.bias`, [embedDim], 0.2);
  };
  if (classToken) add("cls_token", [1, 1, embedDim], 0.5);
  if (distilled) add("dist_token", [1, 1, embedDim], 0.5);
  if (registerTokens > 0) add("reg_token", [1, registerTokens, embedDim], 0.5);
  add("pos_embed", [1, rows, embedDim], 0.5);
  addLinear("patch_embed.proj", [embedDim, channels, patchSize, patchSize]);
  for (let i = 0; i < depth; i++) {
    addNorm(`blocks.${i}.norm1`);
    addLinear(`blocks.${i}.attn.qkv`, [3 * embedDim, embedDim], qkvBias);
    addLinear(`blocks.${i}.attn.proj`, [embedDim, embedDim]);
    if (layerScale) add(`blocks.${i}.ls1.gamma`, [embedDim], 0.3, 0.7);
    addNorm(`blocks.${i}.norm2`);
    addLinear(`blocks.${i}.mlp.fc1`, [mlpDim, embedDim]);
    addLinear(`blocks.${i}.mlp.fc2`, [embedDim, mlpDim]);
    if (layerScale) add(`blocks.${i}.ls2.gamma`, [embedDim], 0.3, 0.7);
  }
  addNorm(pooling === "mean" ? "fc_norm" : "norm");
  addLinear("head", [numClasses, embedDim]);
  if (distilled) addLinear("head_dist", [numClasses, embedDim]);
  return tensors;
}

/** timm's names -> Hugging Face's; fused qkv rows are split in three. */
function toHuggingface(timm: Readonly<Record<string, Tensor>>, { distilled, layerScale, registerTokens, embedDim }: Settings) {
  const isDinov2 = layerScale || registerTokens > 0;
  const model = distilled ? "deit" : isDinov2 ? "dinov2" : "vit";
  const inBlock: Readonly<Record<string, string>> = {
    norm1: isDinov2 ? "norm1" : "layernorm_before",
    norm2: isDinov2 ? "norm2" : "layernorm_after",
    "attn.proj": "attention.output.dense",
    "mlp.fc1": isDinov2 ? "mlp.fc1" : "intermediate.dense",
    "mlp.fc2": isDinov2 ? "mlp.fc2" : "output.dense",
    "ls1.gamma": "layer_scale1.lambda1",
    "ls2.gamma": "layer_scale2.lambda1",
  };
  const outside: Readonly<Record<string, string>> = {
    cls_token: `${model}.embeddings.cls_token`,
    dist_token: `${model}.embeddings.distillation_token`,
    reg_token: `${model}.embeddings.register_tokens`,
    pos_embed: `${model}.embeddings.position_embeddings`,
    "patch_embed.proj": `${model}.embeddings.patch_embeddings.projection`,
    norm: `${model}.layernorm`,
    head: distilled ? "cls_classifier" : "classifier",
    head_dist: "distillation_classifier",
  };
  const tensors: Record<string, Tensor> = {};
  for (const [name, value] of Object.entries(timm)) {
    const [, layer, kind] = /^(.*?)((?:\.(?:weight|bias))?)$/.exec(name) ?? [];
    const inner = /^blocks\.(\d+)\.(.*)$/.exec(layer);
    if (inner?.[2] === "attn.qkv") {
      for (const [part, partName] of ["query", "key", "value"].entries()) {
        const size = value.data.length / 3;
        const shape = [embedDim, ...value.shape.slice(1)];
        tensors[`${model}.encoder.layer.${inner[1]}.attention.attention.${partName}${kind}`] = tensor(
          shape,
          value.data.slice(part * size, (part + 1) * size),
        );
      }
    } else if (inner) tensors[`${model}.encoder.layer.${inner[1]}.${inBlock[inner[2]]}${kind}`] = value;
    else tensors[`${outside[layer]}${kind}`] = value;
  }
  return tensors;
}

function timmConfig(settings: Settings): JsonObject {
  return {
    architecture: settings.distilled ? "deit_synthetic_distilled_patch4" : "vit_synthetic_patch4",
    num_classes: settings.numClasses,
    num_features: settings.embedDim,
    global_pool: settings.pooling === "mean" ? "avg" : "token",
    model_args: {
      img_size: settings.imageSize,
      patch_size: settings.patchSize,
      embed_dim: settings.embedDim,
      depth: settings.depth,
      num_heads: settings.numHeads,
      norm_eps: settings.epsilon,
      act_layer: settings.gelu === "tanh" ? "gelu_tanh" : "gelu",
    },
    pretrained_cfg: {
      input_size: [settings.channels, ...settings.imageSize],
      interpolation: "bilinear",
      crop_pct: 0.9,
      mean: [0.5, 0.5, 0.5],
      std: [0.5, 0.5, 0.5],
    },
  };
}

function huggingfaceConfig(settings: Settings): JsonObject {
  return {
    model_type: settings.distilled ? "deit" : "vit",
    hidden_size: settings.embedDim,
    num_hidden_layers: settings.depth,
    num_attention_heads: settings.numHeads,
    intermediate_size: settings.mlpDim,
    hidden_act: settings.gelu === "tanh" ? "gelu_pytorch_tanh" : "gelu",
    layer_norm_eps: settings.epsilon,
    image_size: settings.imageSize,
    patch_size: settings.patchSize,
    num_channels: settings.channels,
    qkv_bias: settings.qkvBias,
    id2label: Object.fromEntries(Array.from({ length: settings.numClasses }, (_, id) => [String(id), `class ${id}`])),
  };
}
