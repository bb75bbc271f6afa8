/** Networks that people drop by mistake, by names that only they have; so that the refusal can say what the file is. */
import { modelError } from "./error-codes.ts";

const others: readonly (readonly [label: string, pattern: RegExp, next?: string])[] = [
  [
    "a LoRA adapter without its base model",
    /(^|\.)lora_(A|B|embedding_[AB]|magnitude_vector)\b/,
    "Merge the adapter into its base model (peft: `model.merge_and_unload().save_pretrained(...)`), and open what that saves.",
  ],
  ["a language model (LLM)", /(^|\.)layers\.\d+\.self_attn\.[qkv]_proj|(^|\.)lm_head\.|(^|\.)h\.\d+\.attn\.c_attn|embed_tokens/],
  ["a Swin Transformer of version 2", /layers\.\d+\.blocks\.\d+\.(attn|attention)\..*(logit_scale|cpb_mlp|continuous_position_bias)/],
  ["a CLIP or SigLIP model", /(^|\.)(vision_model|text_model|visual)\.|logit_scale/],
  ["a Vision Transformer in torchvision's names", /(^|\.)encoder\.layers\.encoder_layer_\d+\./],
  ["a text encoder (BERT)", /attention\.self\.query|embeddings\.word_embeddings/],
  ["a ConvNeXt", /stages\.\d+\.blocks\.\d+\.(conv_dw|dwconv)|downsample_layers\.|(^|\.)dwconv\.|convnext/],
  ["a diffusion model", /(^|\.)(down_blocks|up_blocks|mid_block)\.|diffusion_model/],
  ["an object detector (YOLO)", /^model\.\d+\.(conv|cv\d|m)\./],
  ["a ResNet", /(^|\.)layer\d+\.\d+\.(conv|bn)\d|stages\.\d+\.layers\.\d+\.layer\.\d+\.convolution/],
  ["an EfficientNet or MobileNet", /(conv_dw|depthwise_conv|conv_pwl|se\.conv_reduce)/],
  ["a convolutional network", /running_mean$/],
];

/** The InputError for weights that no family recognises. */
export function notAVit(names: readonly string[], fileName: string) {
  const [label, pattern, next] = others.find(([, mark]) => names.some((name) => mark.test(name))) ?? [];
  const some = names.slice(0, 3).join(", ");
  const evidence = names.find((name) => pattern?.test(name));
  const looks = label
    ? `Its tensors look like ${label} ("${evidence}").`
    : `Its tensors are named ${some}${names.length > 3 ? ", ..." : ""}.`;
  return modelError(
    "NOT_A_VIT",
    `${fileName} is not a Vision Transformer that is known here.`,
    names.length === 0 ? "It holds no tensors." : looks,
    next ?? "Open a Vision Transformer of a family that is known here (docs/families.md), in timm's or Hugging Face's tensor names.",
  );
}
