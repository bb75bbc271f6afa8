/** Tensor names of MobileViT: ours are timm's, with the classifier in `head`. */
import { mapNames, type NameMap, type Naming, type Rule } from "./tensor-names.ts";

const conv = "(conv\\.weight|bn\\.(weight|bias|running_mean|running_var))";
const ours = new RegExp(
  `^((stem|final_conv)\\.${conv}|head\\.(weight|bias)|stages\\.\\d+\\.\\d+\\.((conv1_1x1|conv2_kxk|conv3_1x1|conv_kxk|conv_proj|conv_fusion)\\.${conv}` +
    "|conv_1x1\\.weight|norm\\.(weight|bias)|transformer\\.\\d+\\.(norm[12]|attn\\.(qkv|q|k|v|proj)|mlp\\.fc[12])\\.(weight|bias)))$",
);

const inverted: Readonly<Record<string, string>> = { expand_1x1: "conv1_1x1", conv_3x3: "conv2_kxk", reduce_1x1: "conv3_1x1" };

/** Rules for a convolution and the BatchNorm behind it. `pattern` ends before the dot. */
const layer = (pattern: string, name: string): readonly Rule[] => [
  [new RegExp(`^${pattern}\\.convolution\\.`), `${name}.conv.`],
  [new RegExp(`^${pattern}\\.normalization\\.`), `${name}.bn.`],
];

const transformer = (pattern: string, name: string): Rule => [
  new RegExp(`^encoder\\.layer\\.(\\d+)\\.transformer\\.layer\\.(\\d+)\\.${pattern}\\.`),
  `stages.$1.1.transformer.$2.${name}.`,
];

const huggingfaceRules: readonly Rule[] = [
  ...layer("conv_stem", "stem"),
  ...layer("conv_1x1_exp", "final_conv"),
  ...Object.entries(inverted).flatMap(([theirs, name]) => [
    ...layer(`encoder\\.layer\\.(\\d+)\\.layer\\.(\\d+)\\.${theirs}`, `stages.$1.$2.${name}`),
    ...layer(`encoder\\.layer\\.(\\d+)\\.downsampling_layer\\.${theirs}`, `stages.$1.0.${name}`),
  ]),
  [/^encoder\.layer\.(\d+)\.conv_1x1\.convolution\./, "stages.$1.1.conv_1x1."],
  ...layer("encoder\\.layer\\.(\\d+)\\.conv_kxk", "stages.$1.1.conv_kxk"),
  ...layer("encoder\\.layer\\.(\\d+)\\.conv_projection", "stages.$1.1.conv_proj"),
  ...layer("encoder\\.layer\\.(\\d+)\\.fusion", "stages.$1.1.conv_fusion"),
  transformer("layernorm_before", "norm1"),
  transformer("layernorm_after", "norm2"),
  transformer("attention\\.attention\\.query", "attn.q"),
  transformer("attention\\.attention\\.key", "attn.k"),
  transformer("attention\\.attention\\.value", "attn.v"),
  transformer("attention\\.output\\.dense", "attn.proj"),
  transformer("intermediate\\.dense", "mlp.fc1"),
  transformer("output\\.dense", "mlp.fc2"),
  [/^encoder\.layer\.(\d+)\.layernorm\./, "stages.$1.1.norm."],
  [/^classifier\./, "head."],
];

const naming: Naming = {
  ours,
  useless: /num_batches_tracked$/,
  timm: [[/^head\.fc\./, "head."]],
  huggingface: { prefix: /^(mobilevit)\./, mark: /^conv_stem\.convolution\./, rules: huggingfaceRules },
};

export function mapMobileVitNames(fileNames: readonly string[]): NameMap {
  return mapNames(fileNames, naming);
}

/** How many of the four marks of a MobileViT are there, 0 to 1. */
export function mobileVitLikeness({ source }: NameMap): number {
  const names = [...source.keys()];
  const marks = [
    /^stem\.conv\.weight$/,
    /^stages\.0\.0\.conv2_kxk\.conv\.weight$/,
    /\.1\.conv_fusion\.conv\.weight$/,
    /\.1\.transformer\.0\.norm1\.weight$/,
  ];
  return marks.filter((mark) => names.some((name) => mark.test(name))).length / marks.length;
}
