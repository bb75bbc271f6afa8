import code from "#shaders/attention-tile-codes.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";

/** Attention of 16 whole rows per workgroup, in integers. Formula and layouts: shaders/attention-tile-codes.wgsl. */
export const attentionTileCodes: Kernel = {
  name: "attention-tile-codes",
  code: link(code),
  params: [
    ["tokens", "u32"],
    ["heads", "u32"],
    ["head4", "u32"],
    ["qkv_stride4", "u32"],
    ["key_offset4", "u32"],
    ["value_offset4", "u32"],
    ["out_stride4", "u32"],
    ["images", "u32"],
    ["head_dim", "u32"],
    ["q_entries", "u32"],
    ["k_entries", "u32"],
    ["search_steps", "u32"],
    ["odd", "u32"],
    ["quantize", "u32"],
    ["out_max", "f32"],
  ],
  bindings: ["qkv", "grids", "thresholds", "levels", "columns", "y"],
  constants: {},
  requires: "packed_4x8_integer_dot_product",
  barriers: true,
  workgroups: ({ tokens, images, heads }) => [Math.ceil(tokens / 16), 1, images * heads],
};
