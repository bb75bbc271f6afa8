/** Tensor names of TinyViT: ours are timm's, with the last norm and classifier in `norm` and `head`; the authors' put the merging into the stage before it. */
import { mapNames, type NameMap, type Naming, type Rule } from "./tensor-names.ts";

const conv = "(conv\\.weight|bn\\.(weight|bias|running_mean|running_var))";
const ours = new RegExp(
  `^((norm|head)\\.(weight|bias)|patch_embed\\.conv[12]\\.${conv}|stages\\.\\d+\\.downsample\\.conv[123]\\.${conv}` +
    `|stages\\.\\d+\\.blocks\\.\\d+\\.((conv[123]|local_conv)\\.${conv}|(attn|mlp)\\.norm\\.(weight|bias)` +
    "|(attn\\.(qkv|proj)|mlp\\.fc[12])\\.(weight|bias)|attn\\.attention_biases))$",
);

/** The authors' merging of 1 to 99 stages. */
const merging: readonly Rule[] = Array.from({ length: 99 }, (_, i): readonly Rule[] => [
  [new RegExp(`^layers\\.${i}\\.downsample\\.(conv[123])\\.c\\.`), `stages.${i + 1}.downsample.$1.conv.`],
  [new RegExp(`^layers\\.${i}\\.downsample\\.`), `stages.${i + 1}.downsample.`],
]).flat();

const naming: Naming = {
  ours,
  useless: /(num_batches_tracked|attention_bias_idxs)$/,
  timm: [
    [/^head\.fc\./, "head."],
    [/^head\.norm(_head)?\./, "norm."],
    [/^norm_head\./, "norm."],
    [/^patch_embed\.seq\.0\.c\./, "patch_embed.conv1.conv."],
    [/^patch_embed\.seq\.0\./, "patch_embed.conv1."],
    [/^patch_embed\.seq\.2\.c\./, "patch_embed.conv2.conv."],
    [/^patch_embed\.seq\.2\./, "patch_embed.conv2."],
    ...merging,
    [/^layers\.(.*)\.c\.weight$/, "stages.$1.conv.weight"],
    [/^layers\./, "stages."],
  ],
  // Hugging Face has no such model: a mark that no name has.
  huggingface: { prefix: /^(tiny_vit)\./, mark: /(?!)/, rules: [] },
};

export function mapTinyVitNames(fileNames: readonly string[]): NameMap {
  return mapNames(fileNames, naming);
}

/** How many of the four marks of a TinyViT are there, 0 to 1. */
export function tinyVitLikeness({ source }: NameMap): number {
  const marks = [
    "patch_embed.conv1.conv.weight",
    "stages.0.blocks.0.conv2.conv.weight",
    "stages.1.blocks.0.attn.attention_biases",
    "stages.1.blocks.0.local_conv.conv.weight",
  ];
  return marks.filter((name) => source.has(name)).length / marks.length;
}
