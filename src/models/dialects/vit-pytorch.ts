/**
 * lucidrains/vit-pytorch and the many copies of its first versions (transformer.layers.0.0.fn.to_qkv): pre-norm, exact GELU, no qkv bias, no norm behind
 * the blocks but in the head. Patches are flattened pixel by pixel, (p1 p2 c), before a Linear; timm's convolution has (c p1 p2).
 */
import type { TensorStore } from "../../formats/tensor-store.ts";
import type { Shape } from "../../tensor/tensor.ts";
import { permuted, type Dialect, type Layout } from "./dialect.ts";

const attention = "^transformer\\.layers\\.(\\d+)\\.0\\.(?:fn\\.)?(?:fn\\.)?";
const mlp = "^transformer\\.layers\\.(\\d+)\\.1\\.(?:fn\\.)?(?:fn\\.)?net\\.";

export const vitPytorch: Dialect = {
  name: "lucidrains/vit-pytorch",
  matches: (names) => names.some((name) => new RegExp(`${attention}to_qkv\\.weight$`).test(name)),
  rules: [
    [/^pos_embedding$/, "pos_embed"],
    [/^(?:to_patch_embedding\.1|patch_to_embedding)\./, "patch_embed.proj."],
    [/^transformer\.layers\.(\d+)\.0\.(?:fn\.)?norm\./, "blocks.$1.norm1."],
    [new RegExp(`${attention}to_qkv\\.`), "blocks.$1.attn.qkv."],
    [new RegExp(`${attention}to_out\\.(?:0\\.)?`), "blocks.$1.attn.proj."],
    [/^transformer\.layers\.(\d+)\.1\.(?:fn\.)?norm\./, "blocks.$1.norm2."],
    [new RegExp(`${mlp}0\\.`), "blocks.$1.mlp.fc1."],
    [new RegExp(`${mlp}[23]\\.`), "blocks.$1.mlp.fc2."],
    [/^transformer\.norm\./, "norm."],
    // With a hidden layer (0: Linear, 1: GELU, 2 or 3: Linear), or LayerNorm and Linear (0, 1).
    [/^mlp_head\.[23]\./, "head."],
  ],
  rulesFor: (names) =>
    names.some((name) => /^mlp_head\.[23]\.weight$/.test(name))
      ? [[/^mlp_head\.0\./, "pre_logits."]]
      : [
          [/^mlp_head\.0\./, "fc_norm."],
          [/^mlp_head\.1\./, "head."],
        ],
  settings: (store) => ({ norm_eps: 1e-5, act_layer: "gelu", global_pool: "token", final_norm: false, ...firstVersionScale(store) }),
  assumes: { gelu: ["act_layer", "hidden_act"], pooling: ["global_pool"] },
  layout: (name, shape) => (name === "patch_embed.proj.weight" && shape.length === 2 ? patchLinear(shape) : null),
};

/** The first versions, which call the Linear patch_to_embedding, scale q.k by the model's width instead of the head's. */
function firstVersionScale(store: TensorStore): { attention_scale?: number } {
  const name = "patch_to_embedding.weight";
  return store.has(name) ? { attention_scale: 1 / Math.sqrt(store.shape(name)[0]) } : {};
}

/** [D, p*p*c] -> [D,c,p,p]; one or three colours, whichever leaves a square. */
function patchLinear([columns, pixels]: Shape): Layout | null {
  const channels = [3, 1].find((count) => Number.isInteger(Math.sqrt(pixels / count)));
  if (channels === undefined) return null;
  const side = Math.sqrt(pixels / channels);
  return permuted([columns, side, side, channels], [0, 3, 1, 2], [columns, channels, side, side]);
}
