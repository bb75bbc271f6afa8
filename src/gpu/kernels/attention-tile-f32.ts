import code from "#shaders/attention-tile-f32.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";

/** Attention of 16 whole rows per workgroup, in float. Formula and layouts: shaders/attention-tile-f32.wgsl. */
export const attentionTileF32: Kernel = {
  name: "attention-tile-f32",
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
  barriers: true,
  workgroups: ({ tokens, images, heads }) => [Math.ceil(tokens / 16), 1, images * heads],
};
