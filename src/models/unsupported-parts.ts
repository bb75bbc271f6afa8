/** Parts of known variants that are not run here, by tensors that only they have; so that a refusal can say what is missing. */
const parts: readonly (readonly [part: string, pattern: RegExp])[] = [
  ["LoRA adapters, which must be merged into the weights first", /lora_[AB]\b|\.lora\./],
  ["Swin V2's cosine attention and continuous position bias", /logit_scale|cpb_mlp/],
  ["rotary positions", /(^|\.)(rope|rotary|freqs)/],
  ["normalised queries and keys", /(^|\.)(q_norm|k_norm|norm_q|norm_k|ln_q|ln_k)\./],
  ["a mixture of experts", /(^|\.)(experts|moe|gate_proj|router)\b/],
  ["relative positions decomposed into rows and columns (SAM, MViT)", /rel_pos_[hw]/],
  ["class attention (CaiT)", /blocks_token_only|(^|\.)cls_attn/],
  ["a second class attention of XCiT", /cls_attn_blocks|local_mp\./],
  ["the separable attention of MobileViT v2", /attn\.(qkv_proj|out_proj)\./],
  ["squeeze-and-excitation", /(^|\.)(se|attn)\.(fc[12]|conv_(reduce|expand))\./],
  ["talking heads", /proj_[lw]\./],
  ["adapters", /adapter/],
  ["a gate of the MLP stored apart", /mlp\.(fc1_[gx]|w[12]\.|gate)/],
  ["norms inside attention or MLP", /(attn|mlp)\.norm\.|inner_attn_ln|ffn_ln/],
  ["prompts", /(^|\.)prompt/],
  ["a decoder", /(^|\.)decoder/],
  ["absolute positions beside windows", /absolute_pos_embed|position_embeddings$/],
  ["BatchNorm", /running_(mean|var)$/],
  ["a quantized model's scales", /(qweight|weight_scale|weight_packed|input_quantizer|\.absmax)/],
];

/** What the tensors belong to, or null when nothing is known of them. */
export function unsupportedPart(fileNames: readonly string[]): string | null {
  return parts.find(([, pattern]) => fileNames.some((name) => pattern.test(name)))?.[0] ?? null;
}
