import code from "#shaders/attention-scores-codes-dot.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";

/** q . k^T from codes on the packed integer dot product. Formula and layouts: shaders/attention-scores-codes-dot.wgsl. */
export const attentionScoresCodesDot: Kernel = {
  name: "attention-scores-codes-dot",
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
  requires: "packed_4x8_integer_dot_product",
  workgroups: ({ tokens, images, heads }) => [Math.ceil(tokens / 64), Math.ceil(tokens / 32), images * heads],
};
