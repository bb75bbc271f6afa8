/**
 * "Vision Transformer from scratch" tutorials in Hugging Face's spirit (embedding.patch_embeddings.projection, encoder.blocks.0.attention.qkv_projection):
 * pre-norm, tanh GELU (their NewGELUActivation), torch's LayerNorm epsilon, the classifier on the class token without a norm before it.
 */
import type { Dialect } from "./dialect.ts";

export const fromScratch: Dialect = {
  name: "vision-transformer-from-scratch",
  matches: (names) => names.some((name) => /(^|\.)encoder\.blocks\.0\.attention\.qkv_projection\.weight$/.test(name)),
  rules: [
    [/^(?:.*\.)?embedding\.cls_token$/, "cls_token"],
    [/^(?:.*\.)?embedding\.position_embeddings$/, "pos_embed"],
    [/^(?:.*\.)?embedding\.patch_embeddings\.projection\./, "patch_embed.proj."],
    [/^(?:.*\.)?encoder\.blocks\.(\d+)\.layernorm_([12])\./, "blocks.$1.norm$2."],
    [/^(?:.*\.)?encoder\.blocks\.(\d+)\.attention\.qkv_projection\./, "blocks.$1.attn.qkv."],
    [/^(?:.*\.)?encoder\.blocks\.(\d+)\.attention\.output_projection\./, "blocks.$1.attn.proj."],
    [/^(?:.*\.)?encoder\.blocks\.(\d+)\.mlp\.dense_([12])\./, "blocks.$1.mlp.fc$2."],
    [/^(?:.*\.)?classifier\./, "head."],
  ],
  settings: () => ({ norm_eps: 1e-5, act_layer: "gelu_new", global_pool: "token", final_norm: false }),
};
