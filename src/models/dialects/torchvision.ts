/** torchvision.models.vit_b_16 and its siblings (torchvision/models/vision_transformer.py): pre-norm, exact GELU, LayerNorm epsilon 1e-6. */
import type { Dialect } from "./dialect.ts";

export const torchvision: Dialect = {
  name: "torchvision",
  matches: (names) => names.some((name) => /(^|\.)encoder\.layers\.encoder_layer_0\.self_attention\.in_proj_weight$/.test(name)),
  rules: [
    [/^(?:.*\.)?class_token$/, "cls_token"],
    [/^(?:.*\.)?conv_proj\./, "patch_embed.proj."],
    [/^(?:.*\.)?encoder\.pos_embedding$/, "pos_embed"],
    [/^(?:.*\.)?encoder\.layers\.encoder_layer_(\d+)\.ln_([12])\./, "blocks.$1.norm$2."],
    [/^(?:.*\.)?encoder\.layers\.encoder_layer_(\d+)\.self_attention\.in_proj_(weight|bias)$/, "blocks.$1.attn.qkv.$2"],
    [/^(?:.*\.)?encoder\.layers\.encoder_layer_(\d+)\.self_attention\.out_proj\./, "blocks.$1.attn.proj."],
    [/^(?:.*\.)?encoder\.layers\.encoder_layer_(\d+)\.mlp\.(?:linear_1|0)\./, "blocks.$1.mlp.fc1."],
    [/^(?:.*\.)?encoder\.layers\.encoder_layer_(\d+)\.mlp\.(?:linear_2|3)\./, "blocks.$1.mlp.fc2."],
    [/^(?:.*\.)?encoder\.ln\./, "norm."],
    [/^(?:.*\.)?heads\.(?:head|0)\./, "head."],
  ],
  settings: () => ({ norm_eps: 1e-6, act_layer: "gelu", global_pool: "token" }),
};
