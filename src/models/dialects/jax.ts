/**
 * The original JAX models (google-research/vision_transformer, .npz): Dense kernels are [in, out], attention kernels [D,H,Dh] and [H,Dh,D],
 * the patch convolution [p,p,C,D]. Flax's LayerNorm epsilon 1e-6, exact GELU; the number of heads is in the shapes.
 */
import type { TensorStore } from "../../formats/tensor-store.ts";
import type { Shape } from "../../tensor/tensor.ts";
import { permuted, type Dialect, type Layout } from "./dialect.ts";

const block = "^(?:opt/target/)?Transformer/encoderblock_(\\d+)/";

export const jax: Dialect = {
  name: "google-research/vision_transformer (JAX)",
  matches: (names) => names.some((name) => name.endsWith("Transformer/encoderblock_0/LayerNorm_0/scale")),
  rules: [
    [/^(?:opt\/target\/)?cls$/, "cls_token"],
    [/^(?:opt\/target\/)?embedding\/kernel$/, "patch_embed.proj.weight"],
    [/^(?:opt\/target\/)?embedding\/bias$/, "patch_embed.proj.bias"],
    [/^(?:opt\/target\/)?Transformer\/posembed_input\/pos_embedding$/, "pos_embed"],
    [new RegExp(`${block}LayerNorm_0/scale$`), "blocks.$1.norm1.weight"],
    [new RegExp(`${block}LayerNorm_0/bias$`), "blocks.$1.norm1.bias"],
    [new RegExp(`${block}LayerNorm_2/scale$`), "blocks.$1.norm2.weight"],
    [new RegExp(`${block}LayerNorm_2/bias$`), "blocks.$1.norm2.bias"],
    [new RegExp(`${block}MultiHeadDotProductAttention_1/([qkv])\\w+/kernel$`), "blocks.$1.attn.$2.weight"],
    [new RegExp(`${block}MultiHeadDotProductAttention_1/([qkv])\\w+/bias$`), "blocks.$1.attn.$2.bias"],
    [new RegExp(`${block}MultiHeadDotProductAttention_1/out/kernel$`), "blocks.$1.attn.proj.weight"],
    [new RegExp(`${block}MultiHeadDotProductAttention_1/out/bias$`), "blocks.$1.attn.proj.bias"],
    [new RegExp(`${block}MlpBlock_3/Dense_0/kernel$`), "blocks.$1.mlp.fc1.weight"],
    [new RegExp(`${block}MlpBlock_3/Dense_0/bias$`), "blocks.$1.mlp.fc1.bias"],
    [new RegExp(`${block}MlpBlock_3/Dense_1/kernel$`), "blocks.$1.mlp.fc2.weight"],
    [new RegExp(`${block}MlpBlock_3/Dense_1/bias$`), "blocks.$1.mlp.fc2.bias"],
    [/^(?:opt\/target\/)?Transformer\/encoder_norm\/scale$/, "norm.weight"],
    [/^(?:opt\/target\/)?Transformer\/encoder_norm\/bias$/, "norm.bias"],
    [/^(?:opt\/target\/)?head\/kernel$/, "head.weight"],
    [/^(?:opt\/target\/)?head\/bias$/, "head.bias"],
  ],
  settings: (store) => ({ norm_eps: 1e-6, act_layer: "gelu", ...headsOf(store) }),
  layout(name, shape) {
    if (name === "patch_embed.proj.weight" && shape.length === 4) return patchKernel(shape);
    if (/\.attn\.[qkv]\.weight$/.test(name) && shape.length === 3) return permuted(shape, [1, 2, 0], [shape[1] * shape[2], shape[0]]);
    if (/\.attn\.[qkv]\.bias$/.test(name) && shape.length === 2) return permuted(shape, [0, 1], [shape[0] * shape[1]]);
    if (name.endsWith(".attn.proj.weight") && shape.length === 3) return permuted(shape, [2, 0, 1], [shape[2], shape[0] * shape[1]]);
    if (/(\.fc[12]|^head)\.weight$/.test(name) && shape.length === 2) return permuted(shape, [1, 0], [shape[1], shape[0]]);
    return null;
  },
};

/** [p,p,C,D] -> [D,C,p,p] */
function patchKernel(shape: Shape): Layout {
  const [height, width, channels, columns] = shape;
  return permuted(shape, [3, 2, 0, 1], [columns, channels, height, width]);
}

function headsOf(store: TensorStore): { num_heads?: number } {
  const name = store.names.find((each) => each.endsWith("encoderblock_0/MultiHeadDotProductAttention_1/query/kernel"));
  const shape = name === undefined ? [] : store.shape(name);
  return shape.length === 3 ? { num_heads: shape[1] } : {};
}
