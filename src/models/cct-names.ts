/** Tensor names of Compact Convolutional Transformers, the authors' (SHI-Labs, Compact-Transformers), mapped to ours: blocks as in a ViT, convolutions in `tokenizer.i`. */
import { mapNames, type NameMap, type Naming } from "./tensor-names.ts";

const ours = new RegExp(
  "^(tokenizer\\.\\d+\\.(weight|bias)|pos_embed|(norm|head|attention_pool)\\.(weight|bias)" +
    "|blocks\\.\\d+\\.(norm[12]|attn\\.(qkv|proj)|mlp\\.fc[12])\\.(weight|bias))$",
);

const naming: Naming = {
  ours,
  useless: /num_batches_tracked$/,
  timm: [
    [/^tokenizer\.conv_layers\.(\d+)\.0\./, "tokenizer.$1."],
    [/^classifier\.positional_emb$/, "pos_embed"],
    [/^classifier\.attention_pool\./, "attention_pool."],
    [/^classifier\.blocks\.(\d+)\.pre_norm\./, "blocks.$1.norm1."],
    [/^classifier\.blocks\.(\d+)\.self_attn\.(qkv|proj)\./, "blocks.$1.attn.$2."],
    [/^classifier\.blocks\.(\d+)\.norm1\./, "blocks.$1.norm2."],
    [/^classifier\.blocks\.(\d+)\.linear([12])\./, "blocks.$1.mlp.fc$2."],
    [/^classifier\.norm\./, "norm."],
    [/^classifier\.fc\./, "head."],
  ],
  // Hugging Face has no such model: a mark that no name has.
  huggingface: { prefix: /^(cct)\./, mark: /(?!)/, rules: [] },
};

export function mapCctNames(fileNames: readonly string[]): NameMap {
  return mapNames(fileNames, naming);
}

/** How many of the four marks of a Compact Convolutional Transformer are there, 0 to 1. */
export function cctLikeness({ source }: NameMap): number {
  const marks = ["tokenizer.0.weight", "attention_pool.weight", "blocks.0.norm1.weight", "blocks.0.attn.qkv.weight"];
  return marks.filter((name) => source.has(name)).length / marks.length;
}
