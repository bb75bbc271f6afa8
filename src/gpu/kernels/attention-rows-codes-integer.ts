import code from "#shaders/attention-rows-codes-integer.wgsl?raw";
import { linearGrid, link, type Kernel } from "../kernel.ts";

/** Attention of 8 whole rows per invocation, in integers on 32-bit sums. Formula and layouts: shaders/attention-rows-codes-integer.wgsl. */
export const attentionRowsCodesInteger: Kernel = {
  name: "attention-rows-codes-integer",
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
  workgroups: ({ tokens, images, heads }) => linearGrid(images * heads * Math.ceil(tokens / 8), 4),
};
