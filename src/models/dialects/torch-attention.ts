/**
 * Hand-written pre-norm blocks around torch.nn.MultiheadAttention (transformer_layers.0.attention.in_proj_weight, mlp.0 and mlp.2), with a head of
 * LayerNorm and Linear on the class token. torch's LayerNorm epsilon; heads and activation are not in the weights.
 */
import type { Dialect } from "./dialect.ts";

export const torchAttention: Dialect = {
  name: "blocks around torch.nn.MultiheadAttention",
  matches: (names) => names.some((name) => /^transformer_layers\.0\.attention\.in_proj_weight$/.test(name)),
  rules: [
    [/^patch_embedding\.(?:embed|proj|projection)\./, "patch_embed.proj."],
    [/^transformer_layers\.(\d+)\.norm([12])\./, "blocks.$1.norm$2."],
    [/^transformer_layers\.(\d+)\.attention\.in_proj_(weight|bias)$/, "blocks.$1.attn.qkv.$2"],
    [/^transformer_layers\.(\d+)\.attention\.out_proj\./, "blocks.$1.attn.proj."],
    [/^transformer_layers\.(\d+)\.mlp\.0\./, "blocks.$1.mlp.fc1."],
    [/^transformer_layers\.(\d+)\.mlp\.[23]\./, "blocks.$1.mlp.fc2."],
    [/^out_head\.0\./, "fc_norm."],
    [/^out_head\.1\./, "head."],
  ],
  settings: () => ({ norm_eps: 1e-5, global_pool: "token" }),
};
