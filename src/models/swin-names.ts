/**
 * Tensor names of Swin Transformers. Ours are the original program's: blocks in `layers.s.blocks.b`, the merging after stage s in `layers.s.downsample`.
 * timm since 0.9 has the merging before stage s + 1 in `layers.{s+1}.downsample`, and the classifier in `head.fc`.
 */
import { mapNames, type NameMap, type Naming, type Rule } from "./tensor-names.ts";

const ours = new RegExp(
  "^((patch_embed\\.(proj|norm)|norm|head)\\.(weight|bias)|layers\\.\\d+\\.downsample\\.(norm\\.(weight|bias)|reduction\\.weight)" +
    "|layers\\.\\d+\\.blocks\\.\\d+\\.((norm[12]|attn\\.(qkv|q|k|v|proj)|mlp\\.fc[12])\\.(weight|bias)|attn\\.relative_position_bias_table))$",
);

/** Buffers that follow from the geometry, and what only pretraining needs. */
const useless =
  /(attn_mask|relative_position_index|relative_coords_table|num_batches_tracked)$|^mask_token|^embeddings\.mask_token|^decoder\./;

const huggingfaceRules: readonly Rule[] = [
  [/^embeddings\.patch_embeddings\.projection\./, "patch_embed.proj."],
  [/^embeddings\.norm\./, "patch_embed.norm."],
  [/^encoder\.layers\.(\d+)\.downsample\./, "layers.$1.downsample."],
  [/^encoder\.layers\.(\d+)\.blocks\.(\d+)\.layernorm_before\./, "layers.$1.blocks.$2.norm1."],
  [/^encoder\.layers\.(\d+)\.blocks\.(\d+)\.layernorm_after\./, "layers.$1.blocks.$2.norm2."],
  [/^encoder\.layers\.(\d+)\.blocks\.(\d+)\.attention\.self\.(q)uery\./, "layers.$1.blocks.$2.attn.$3."],
  [/^encoder\.layers\.(\d+)\.blocks\.(\d+)\.attention\.self\.(k)ey\./, "layers.$1.blocks.$2.attn.$3."],
  [/^encoder\.layers\.(\d+)\.blocks\.(\d+)\.attention\.self\.(v)alue\./, "layers.$1.blocks.$2.attn.$3."],
  [/^encoder\.layers\.(\d+)\.blocks\.(\d+)\.attention\.self\.relative/, "layers.$1.blocks.$2.attn.relative"],
  [/^encoder\.layers\.(\d+)\.blocks\.(\d+)\.attention\.output\.dense\./, "layers.$1.blocks.$2.attn.proj."],
  [/^encoder\.layers\.(\d+)\.blocks\.(\d+)\.intermediate\.dense\./, "layers.$1.blocks.$2.mlp.fc1."],
  [/^encoder\.layers\.(\d+)\.blocks\.(\d+)\.output\.dense\./, "layers.$1.blocks.$2.mlp.fc2."],
  [/^layernorm\./, "norm."],
  [/^classifier\./, "head."],
];

const naming = (timm: readonly Rule[]): Naming => ({
  ours,
  useless,
  timm,
  huggingface: { prefix: /^(swin)\./, mark: /^(embeddings\.patch_embeddings|encoder\.layers\.\d+\.blocks)\./, rules: huggingfaceRules },
});

const original = naming([[/^head\.fc\./, "head."]]);

/** Digits of 1 to 99 stages, each one lower. */
const mergingBefore: readonly Rule[] = Array.from({ length: 99 }, (_, i): Rule => [
  new RegExp(`^layers\\.${i + 1}\\.downsample\\.`),
  `layers.${i}.downsample.`,
]);
const since09 = naming([[/^head\.fc\./, "head."], ...mergingBefore]);

export function mapSwinNames(fileNames: readonly string[]): NameMap {
  const names = mapNames(fileNames, original);
  if (names.naming === "huggingface" || names.source.has("layers.0.downsample.reduction.weight")) return names;
  return mapNames(fileNames, since09);
}

/** How many of the four marks of a Swin Transformer are there, 0 to 1. */
export function swinLikeness({ source }: NameMap): number {
  const marks = [
    source.has("patch_embed.proj.weight"),
    source.has("layers.0.blocks.0.norm1.weight"),
    source.has("layers.0.blocks.0.attn.relative_position_bias_table"),
    source.has("layers.0.blocks.0.mlp.fc1.weight"),
  ];
  return marks.filter(Boolean).length / marks.length;
}
