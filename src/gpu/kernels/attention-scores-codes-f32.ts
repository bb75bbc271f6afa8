import code from "#shaders/attention-scores-codes-f32.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";

/** q . k^T from codes on f32 multiply-adds. Formula and layouts: shaders/attention-scores-codes-f32.wgsl. */
export const attentionScoresCodesF32: Kernel = {
  name: "attention-scores-codes-f32",
  code: link(code),
  params: [
    ["tokens", "u32"],
    ["heads", "u32"],
    ["head4", "u32"],
    ["qkv_stride4", "u32"],
    ["key_offset4", "u32"],
    ["out_stride4", "u32"],
    ["images", "u32"],
    ["head_dim", "u32"],
    ["q_entries", "u32"],
    ["k_entries", "u32"],
  ],
  bindings: ["qkv", "grids", "y"],
  constants: {},
  workgroups: ({ tokens, images, heads }) => [Math.ceil(tokens / 64), Math.ceil(tokens / 32), images * heads],
};
