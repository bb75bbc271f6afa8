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

export type Rule = readonly [pattern: RegExp, replacement: string];

/** The tensors of one kind of network and what timm and Hugging Face call them. */
export interface Naming {
  /** Names of ours. */
  readonly ours: RegExp;
  readonly useless: RegExp;
  /** Where timm's name is another than ours. */
  readonly timm: readonly Rule[];
  readonly huggingface: {
    /** Before the names proper; its first group is the prefix. */
    readonly prefix: RegExp;
    /** A name that only Hugging Face gives, without the prefix. */
    readonly mark: RegExp;
    readonly rules: readonly Rule[];
  };
}

const wrapperPrefix = /^(module|model|backbone|base_model|timm_model)\./;
const prefix = /^(vit|deit|dinov2|dinov2_with_registers|beit|data2vec_vision|vision_model)\./;
const mark =
  /^(embeddings\.(cls_token|class_embedding|patch_embeddings?|position_embeddings?)|encoder\.layer\.\d+\.|encoder\.layers\.\d+\.self_attn)/;

const ours = new RegExp(
  "^(cls_token|dist_token|reg_token|pos_embed|(patch_embed\\.proj|norm_pre|norm|fc_norm|pre_logits|head|head_dist)\\.(weight|bias)" +
    "|(norm_pre|norm|fc_norm|blocks\\.\\d+\\.norm[12])\\.(running_(mean|var|phi)|alpha)" +
    "|blocks\\.\\d+\\.attn\\.(dwc\\.(weight|bias)|positional_encoding|alpha|alpha\\.(\\d+\\.([02]\\.)?)?(weight|bias))" +
    "|(rel_pos_bias|blocks\\.\\d+\\.attn)\\.relative_position_bias_table" +
    "|attn_pool\\.(latent|(q|kv|in_proj|proj|norm|mlp\\.fc[12])\\.(weight|bias))" +
    "|blocks\\.\\d+\\.((norm[12]|attn\\.(qkv|q|k|v|proj)|mlp\\.fc[12])\\.(weight|bias)|ls[12]\\.gamma))$",
);

const useless =
  /(^mask_token|(^|\.)num_batches_tracked|(^|\.)position_ids|relative_position_index$|(^|\.)norm[12]?\.norm1\.(weight|bias)$|(^|\.)norm[12]?\.(warm|iter|total_step)$|^n_averaged|^embeddings\.mask_token)$|^pooler\./;

const timm: readonly Rule[] = [
  [/^register_tokens$/, "reg_token"],
  // SLAB's norm that changes from LayerNorm (norm1) to RepBN (norm2) in training, and RepBN by itself.
  [/^((?:blocks\.\d+\.)?(?:norm[12]?|fc_norm))\.norm2\.(?:bn\.)?(\w+)$/, "$1.$2"],
  [/^((?:blocks\.\d+\.)?(?:norm[12]?|fc_norm))\.bn\.(\w+)$/, "$1.$2"],
  [/^blocks\.(\d+)\.mlp\.w12\./, "blocks.$1.mlp.fc1."],
  [/^blocks\.(\d+)\.mlp\.w3\./, "blocks.$1.mlp.fc2."],
  [/^blocks\.(\d+)\.gamma_([12])$/, "blocks.$1.ls$2.gamma"],
  [/^blocks\.(\d+)\.attn\.([qkv])_bias$/, "blocks.$1.attn.$2.bias"],
];

const rules: readonly Rule[] = [
  [/^embeddings\.cls_token$/, "cls_token"],
  [/^embeddings\.distillation_token$/, "dist_token"],
  [/^embeddings\.register_tokens$/, "reg_token"],
  [/^embeddings\.class_embedding$/, "cls_token"],
  [/^embeddings\.position_embeddings$/, "pos_embed"],
  [/^embeddings\.position_embedding\.weight$/, "pos_embed"],
  [/^embeddings\.patch_embedding\./, "patch_embed.proj."],
  [/^pre_layrnorm\./, "norm_pre."], // misspelt in the library itself
  [/^post_layernorm\./, "norm."],
  [/^encoder\.layers\.(\d+)\.layer_norm([12])\./, "blocks.$1.norm$2."],
  [/^encoder\.layers\.(\d+)\.self_attn\.([qkv])_proj\./, "blocks.$1.attn.$2."],
  [/^encoder\.layers\.(\d+)\.self_attn\.out_proj\./, "blocks.$1.attn.proj."],
  [/^encoder\.layers\.(\d+)\.mlp\.fc([12])\./, "blocks.$1.mlp.fc$2."],
  [/^visual_projection\./, "head."],
  [/^head\.probe$/, "attn_pool.latent"],
  [/^head\.attention\.in_proj_(weight|bias)$/, "attn_pool.in_proj.$1"],
  [/^head\.attention\.out_proj\./, "attn_pool.proj."],
  [/^head\.layernorm\./, "attn_pool.norm."],
  [/^head\.mlp\.fc([12])\./, "attn_pool.mlp.fc$1."],
  [/^embeddings\.patch_embeddings\.projection\./, "patch_embed.proj."],
  [/^encoder\.layer\.(\d+)\.layernorm_before\./, "blocks.$1.norm1."],
  [/^encoder\.layer\.(\d+)\.layernorm_after\./, "blocks.$1.norm2."],
  [/^encoder\.layer\.(\d+)\.norm([12])\./, "blocks.$1.norm$2."],
  [/^encoder\.layer\.(\d+)\.attention\.attention\.(q)uery\./, "blocks.$1.attn.$2."],
  [/^encoder\.layer\.(\d+)\.attention\.attention\.(k)ey\./, "blocks.$1.attn.$2."],
  [/^encoder\.layer\.(\d+)\.attention\.attention\.(v)alue\./, "blocks.$1.attn.$2."],
  [/^encoder\.layer\.(\d+)\.attention\.attention\.alpha/, "blocks.$1.attn.alpha"],
  [/^encoder\.layer\.(\d+)\.attention\.output\.dense\./, "blocks.$1.attn.proj."],
  [/^encoder\.layer\.(\d+)\.intermediate\.dense\./, "blocks.$1.mlp.fc1."],
  [/^encoder\.layer\.(\d+)\.output\.dense\./, "blocks.$1.mlp.fc2."],
  [/^encoder\.layer\.(\d+)\.mlp\.fc([12])\./, "blocks.$1.mlp.fc$2."],
  [/^encoder\.layer\.(\d+)\.mlp\.weights_in\./, "blocks.$1.mlp.fc1."],
  [/^encoder\.layer\.(\d+)\.mlp\.weights_out\./, "blocks.$1.mlp.fc2."],
  [/^encoder\.layer\.(\d+)\.layer_scale([12])\.lambda1$/, "blocks.$1.ls$2.gamma"],
  [/^encoder\.layer\.(\d+)\.lambda_([12])$/, "blocks.$1.ls$2.gamma"],
  [/^encoder\.layer\.(\d+)\.attention\.attention\.relative_position_bias\./, "blocks.$1.attn."],
  [/^encoder\.relative_position_bias\./, "rel_pos_bias."],
  [/^layernorm\./, "norm."],
  [/^pooler\.layernorm\./, "fc_norm."],
  [/^(cls_)?classifier\./, "head."],
  [/^distillation_classifier\./, "head_dist."],
];

export const vitNaming: Naming = { ours, useless, timm, huggingface: { prefix, mark, rules } };

export function mapNames(fileNames: readonly string[], naming: Naming = vitNaming): NameMap {
  const { huggingface } = naming;
  const bare = fileNames.map((fileName) => ({ fileName, name: stripWrappers(fileName) }));
  const isHuggingface = bare.some(({ name }) => huggingface.mark.test(name.replace(huggingface.prefix, "")));
  const foundPrefix = bare.map(({ name }) => huggingface.prefix.exec(name)?.[1]).find((found) => found !== undefined) ?? null;
  const source = new Map<string, string>();
  const ignored: string[] = [];
  const unknown: string[] = [];
  let twice: NameMap["twice"] = null;
  for (const { fileName, name } of bare) {
    const plain = isHuggingface ? name.replace(huggingface.prefix, "") : name;
    const mapped = translate(plain, isHuggingface ? huggingface.rules : naming.timm, naming.ours);
    // In Hugging Face's naming a name must come through a rule: a stray "head.weight" there is not the classifier.
    if (mapped !== null || (!isHuggingface && naming.ours.test(plain))) {
      const ourName = mapped ?? plain;
      const other = source.get(ourName);
      if (other !== undefined) twice = { name: ourName, fileNames: [other, fileName] };
      source.set(ourName, fileName);
    } else if (naming.useless.test(plain)) ignored.push(fileName);
    else unknown.push(fileName);
  }
  return { naming: isHuggingface ? "huggingface" : "timm", prefix: isHuggingface ? foundPrefix : null, source, ignored, unknown, twice };
}

/** How many of the five marks of a Vision Transformer are there, 0 to 1. */
export function vitLikeness({ source }: NameMap): number {
  const marks = [
    source.has("patch_embed.proj.weight"),
    source.has("pos_embed") || hasRelativePositions(source),
    source.has("blocks.0.norm1.weight"),
    source.has("blocks.0.attn.qkv.weight") || source.has("blocks.0.attn.q.weight"),
    source.has("blocks.0.mlp.fc1.weight"),
  ];
  return marks.filter(Boolean).length / marks.length;
}

/** A table for each block, or one for all. */
export function hasRelativePositions(source: NameMap["source"]): boolean {
  return ["rel_pos_bias", "blocks.0.attn"].some((owner) => source.has(`${owner}.relative_position_bias_table`));
}

function stripWrappers(name: string): string {
  let bare = name;
  while (wrapperPrefix.test(bare)) bare = bare.replace(wrapperPrefix, "");
  return bare;
}

function translate(name: string, rules: readonly Rule[], ours: RegExp): string | null {
  const rule = rules.find(([pattern]) => pattern.test(name));
  if (!rule) return null;
  const mapped = name.replace(...rule);
  return ours.test(mapped) ? mapped : null;
}
