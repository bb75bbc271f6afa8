import code from "#shaders/attention-rows-f32.wgsl?raw";
import { linearGrid, link, type Kernel } from "../kernel.ts";

/** Attention of 8 whole rows per invocation, in float. Formula and layouts: shaders/attention-rows-f32.wgsl. */
export const attentionRowsF32: Kernel = {
  name: "attention-rows-f32",
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
    ["scale", "f32"],
  ],
  bindings: ["qkv", "y"],
  constants: {},
  workgroups: ({ tokens, images, heads }) => linearGrid(images * heads * Math.ceil(tokens / 8), 4),
};
