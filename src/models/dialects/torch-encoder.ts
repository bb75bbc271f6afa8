/**
 * Models around torch.nn.TransformerEncoder (transformer.layers.0.self_attn.in_proj_weight, linear1, linear2). What its defaults are is assumed where
 * no configuration says otherwise: norms behind the residual sums (norm_first = False), ReLU, LayerNorm epsilon 1e-5.
 */
import type { Dialect } from "./dialect.ts";

const layer = "^(?:transformer|encoder|transformer_encoder)\\.layers\\.(\\d+)\\.";

export const torchEncoder: Dialect = {
  name: "torch.nn.TransformerEncoder",
  matches: (names) => names.some((name) => new RegExp(`${layer}self_attn\\.in_proj_weight$`).test(name)),
  rules: [
    [/^(?:pos_embedding|position_embeddings?|positional_embedding)$/, "pos_embed"],
    [/^(?:patch_embed|patch_embedding|to_patch_embedding)\.(?:proj|projection|embed|conv)\./, "patch_embed.proj."],
    [new RegExp(`${layer}norm([12])\\.`), "blocks.$1.norm$2."],
    [new RegExp(`${layer}self_attn\\.in_proj_(weight|bias)$`), "blocks.$1.attn.qkv.$2"],
    [new RegExp(`${layer}self_attn\\.out_proj\\.`), "blocks.$1.attn.proj."],
    [new RegExp(`${layer}linear([12])\\.`), "blocks.$1.mlp.fc$2."],
    [/^(?:transformer|encoder|transformer_encoder)\.norm\./, "norm."],
    [/^(?:mlp_head|head|classifier|fc)\.0\./, "fc_norm."],
    [/^(?:mlp_head|head|classifier|fc)\.1\./, "head."],
    [/^(?:mlp_head|classifier|fc)\.(weight|bias)$/, "head.$1"],
  ],
  settings: () => ({ norm_first: false, act_layer: "relu", norm_eps: 1e-5, global_pool: "token", final_norm: false }),
  assumes: { normFirst: ["norm_first"], gelu: ["act_layer", "hidden_act"], pooling: ["global_pool"] },
};
