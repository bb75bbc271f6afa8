/** config.json and preprocessor_config.json of a checkpoint that is written: what transformers, or timm's conventions, and this program read back. */
import type { JsonObject } from "../../formats/json.ts";
import type { ModelCard, Preprocessing } from "../../models/config.ts";
import type { StateDict } from "./state-dict.ts";

export function modelConfig(card: ModelCard, naming: StateDict["naming"]): JsonObject {
  const { config, labels } = card;
  const size = config.imageSize[0] === config.imageSize[1] ? config.imageSize[0] : [...config.imageSize];
  if (naming === "timm") {
    return {
      architecture: `${card.family}_custom`,
      num_classes: config.numClasses,
      num_features: config.embedDim,
      global_pool: config.pooling === "mean" ? "avg" : config.pooling,
      model_args: {
        img_size: [...config.imageSize],
        patch_size: config.patchSize,
        ...sizesOf(config),
        norm_eps: config.epsilon,
        act_layer: config.activation?.kind ?? geluNames[config.gelu],
        ...(config.activation?.coefficients ? { act_coefficients: [...config.activation.coefficients] } : {}),
        ...(config.postNorm ? { norm_first: false } : {}),
        ...(config.norm ? { norm_layer: "rmsnorm" } : {}),
        ...(config.clippedSoftmax ? { attn_softmax: `clipped(${config.clippedSoftmax.gamma}:${config.clippedSoftmax.zeta})` } : {}),
        ...(config.headGates
          ? { attn_gate_type: { token: "conditional_per_token", image: "conditional_per_head" }[config.headGates] }
          : {}),
      },
      ...(labels ? { label_names: [...labels] } : {}),
    };
  }
  const model = config.distilled ? "deit" : "vit";
  const architecture = { vit: "ViT", deit: "DeiT" }[model];
  const head = config.distilled ? "ForImageClassificationWithTeacher" : "ForImageClassification";
  return {
    architectures: [config.numClasses > 0 ? `${architecture}${head}` : `${architecture}Model`],
    model_type: model,
    hidden_size: config.embedDim,
    num_hidden_layers: config.depth,
    num_attention_heads: config.numHeads,
    intermediate_size: config.mlpDim,
    hidden_act: geluNames[config.gelu],
    layer_norm_eps: config.epsilon,
    image_size: size,
    patch_size: config.patchSize,
    num_channels: config.channels,
    qkv_bias: config.qkvBias,
    ...(labels ? { id2label: Object.fromEntries(labels.map((label, id) => [String(id), label])) } : {}),
    ...(config.numClasses > 0 ? { num_labels: config.numClasses } : {}),
  };
}

/** One number of each for all blocks, or one for each stage. */
function sizesOf({ embedDim, depth, numHeads, stages }: ModelCard["config"]): JsonObject {
  if (!stages) return { embed_dim: embedDim, depth, num_heads: numHeads };
  return {
    embed_dim: stages[0].embedDim,
    depths: stages.map((stage) => stage.depth),
    num_heads: stages.map((stage) => stage.numHeads),
    window_size: stages[0].window,
  };
}

const geluNames = { none: "gelu", tanh: "gelu_pytorch_tanh", sigmoid: "quick_gelu" } as const;
/** PIL's resampling codes. */
const resampleCodes: Readonly<Record<Preprocessing["interpolation"], number>> = {
  nearest: 0,
  lanczos: 1,
  bilinear: 2,
  bicubic: 3,
  box: 4,
  hamming: 5,
};

/** As Hugging Face's image processors read it; offsets of the crop are theirs, which differ from timm's by a pixel for some sizes. */
export function preprocessorConfig({ preprocessing }: ModelCard): JsonObject {
  const { inputSize, resize, size, interpolation, mean, std } = preprocessing;
  const [height, width] = inputSize;
  const squashed = { height: size, width: Math.floor((size * width) / height) };
  return {
    image_processor_type: "ViTImageProcessor",
    do_resize: resize !== "none",
    size: resize === "shortest" ? { shortest_edge: size } : squashed,
    resample: resampleCodes[interpolation],
    do_center_crop: resize !== "none",
    crop_size: { height, width },
    do_rescale: true,
    rescale_factor: 1 / 255,
    do_normalize: true,
    image_mean: [...mean],
    image_std: [...std],
  };
}
