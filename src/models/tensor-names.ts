/**
 * Tensor names of plain Vision Transformers: what timm and Hugging Face call them, mapped to one set, timm's
 * (`blocks.3.attn.qkv.weight`; split projections become `blocks.3.attn.q.weight`).
 */
export interface NameMap {
  readonly naming: "timm" | "huggingface";
  /** Hugging Face's model prefix when there is one: "vit", "deit", "dinov2". */
  readonly prefix: string | null;
  /** Our name -> the file's name. */
  readonly source: ReadonlyMap<string, string>;
  /** Of no use to inference, known as such: buffers, poolers, mask tokens. */
  readonly ignored: readonly string[];
  /** Names that no plain Vision Transformer has. */
  readonly unknown: readonly string[];
  /** A name of ours that two names of the file stand for. */
  readonly twice: { readonly name: string; readonly fileNames: readonly [string, string] } | null;
}

type Rule = readonly [pattern: RegExp, replacement: string];

const wrapperPrefix = /^(module|model|backbone|base_model|timm_model)\./;
const huggingfacePrefix = /^(vit|deit|dinov2|dinov2_with_registers)\./;
const huggingfaceName = /^(embeddings\.(cls_token|patch_embeddings|position_embeddings)|encoder\.layer\.\d+\.)/;

const ours = new RegExp(
  "^(cls_token|dist_token|reg_token|pos_embed|(patch_embed\\.proj|norm|fc_norm|head|head_dist)\\.(weight|bias)" +
    "|blocks\\.\\d+\\.((norm[12]|attn\\.(qkv|q|k|v|proj)|mlp\\.fc[12])\\.(weight|bias)|ls[12]\\.gamma))$",
);

const useless = /(^mask_token|(^|\.)num_batches_tracked|(^|\.)position_ids|^n_averaged|^embeddings\.mask_token)$|^pooler\./;

const timmRules: readonly Rule[] = [
  [/^register_tokens$/, "reg_token"],
  [/^blocks\.(\d+)\.gamma_([12])$/, "blocks.$1.ls$2.gamma"],
  [/^blocks\.(\d+)\.attn\.([qkv])_bias$/, "blocks.$1.attn.$2.bias"],
];

const huggingfaceRules: readonly Rule[] = [
  [/^embeddings\.cls_token$/, "cls_token"],
  [/^embeddings\.distillation_token$/, "dist_token"],
  [/^embeddings\.register_tokens$/, "reg_token"],
  [/^embeddings\.position_embeddings$/, "pos_embed"],
  [/^embeddings\.patch_embeddings\.projection\./, "patch_embed.proj."],
  [/^encoder\.layer\.(\d+)\.layernorm_before\./, "blocks.$1.norm1."],
  [/^encoder\.layer\.(\d+)\.layernorm_after\./, "blocks.$1.norm2."],
  [/^encoder\.layer\.(\d+)\.norm([12])\./, "blocks.$1.norm$2."],
  [/^encoder\.layer\.(\d+)\.attention\.attention\.(q)uery\./, "blocks.$1.attn.$2."],
  [/^encoder\.layer\.(\d+)\.attention\.attention\.(k)ey\./, "blocks.$1.attn.$2."],
  [/^encoder\.layer\.(\d+)\.attention\.attention\.(v)alue\./, "blocks.$1.attn.$2."],
  [/^encoder\.layer\.(\d+)\.attention\.output\.dense\./, "blocks.$1.attn.proj."],
  [/^encoder\.layer\.(\d+)\.intermediate\.dense\./, "blocks.$1.mlp.fc1."],
  [/^encoder\.layer\.(\d+)\.output\.dense\./, "blocks.$1.mlp.fc2."],
  [/^encoder\.layer\.(\d+)\.mlp\.fc([12])\./, "blocks.$1.mlp.fc$2."],
  [/^encoder\.layer\.(\d+)\.layer_scale([12])\.lambda1$/, "blocks.$1.ls$2.gamma"],
  [/^layernorm\./, "norm."],
  [/^(cls_)?classifier\./, "head."],
  [/^distillation_classifier\./, "head_dist."],
];

export function mapNames(fileNames: readonly string[]): NameMap {
  const bare = fileNames.map((fileName) => ({ fileName, name: stripWrappers(fileName) }));
  const isHuggingface = bare.some(({ name }) => huggingfaceName.test(name.replace(huggingfacePrefix, "")));
  const prefix = bare.map(({ name }) => huggingfacePrefix.exec(name)?.[1]).find((found) => found !== undefined) ?? null;
  const source = new Map<string, string>();
  const ignored: string[] = [];
  const unknown: string[] = [];
  let twice: NameMap["twice"] = null;
  for (const { fileName, name } of bare) {
    const plain = isHuggingface ? name.replace(huggingfacePrefix, "") : name;
    const mapped = translate(plain, isHuggingface ? huggingfaceRules : timmRules);
    // In Hugging Face's naming a name must come through a rule: a stray "head.weight" there is not the classifier.
    if (mapped !== null || (!isHuggingface && ours.test(plain))) {
      const ourName = mapped ?? plain;
      const other = source.get(ourName);
      if (other !== undefined) twice = { name: ourName, fileNames: [other, fileName] };
      source.set(ourName, fileName);
    } else if (useless.test(plain)) ignored.push(fileName);
    else unknown.push(fileName);
  }
  return { naming: isHuggingface ? "huggingface" : "timm", prefix: isHuggingface ? prefix : null, source, ignored, unknown, twice };
}

/** How many of the five marks of a plain Vision Transformer are there, 0 to 1. */
export function vitLikeness({ source }: NameMap): number {
  const marks = [
    source.has("patch_embed.proj.weight"),
    source.has("pos_embed"),
    source.has("blocks.0.norm1.weight"),
    source.has("blocks.0.attn.qkv.weight") || source.has("blocks.0.attn.q.weight"),
    source.has("blocks.0.mlp.fc1.weight"),
  ];
  return marks.filter(Boolean).length / marks.length;
}

function stripWrappers(name: string): string {
  let bare = name;
  while (wrapperPrefix.test(bare)) bare = bare.replace(wrapperPrefix, "");
  return bare;
}

function translate(name: string, rules: readonly Rule[]): string | null {
  const rule = rules.find(([pattern]) => pattern.test(name));
  if (!rule) return null;
  const mapped = name.replace(...rule);
  return ours.test(mapped) ? mapped : null;
}
