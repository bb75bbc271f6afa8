import code from "#shaders/attention-rows-f32.wgsl?raw";
import { linearGrid, link, u32s, type Kernel } from "../kernel.ts";

/** Attention of 8 whole rows per invocation, in float. Formula and layouts: shaders/attention-rows-f32.wgsl. */
export const attentionRowsF32: Kernel = {
  name: "attention-rows-f32",
  code: link(code),
  params: [...u32s("tokens", "heads", "head4", "qkv_stride4", "key_offset4", "value_offset4", "out_stride4", "images"), ["scale", "f32"]],
  bindings: ["qkv", "y"],
  constants: {},
  workgroups: ({ tokens, images, heads }) => linearGrid(images * heads * Math.ceil(tokens / 8), 4),
};
