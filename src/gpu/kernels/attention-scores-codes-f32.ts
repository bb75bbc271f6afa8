import code from "#shaders/attention-scores-codes-f32.wgsl?raw";
import { link, u32s, type Kernel } from "../kernel.ts";

/** q . k^T from codes on f32 multiply-adds. Formula and layouts: shaders/attention-scores-codes-f32.wgsl. */
export const attentionScoresCodesF32: Kernel = {
  name: "attention-scores-codes-f32",
  code: link(code),
  params: u32s("tokens", "heads", "head4", "qkv_stride4", "key_offset4", "out_stride4", "images", "head_dim", "q_entries", "k_entries"),
  bindings: ["qkv", "grids", "y"],
  constants: {},
  workgroups: ({ tokens, images, heads }) => [Math.ceil(tokens / 64), Math.ceil(tokens / 32), images * heads],
};
