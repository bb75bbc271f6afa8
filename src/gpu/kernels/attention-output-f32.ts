import code from "#shaders/attention-output-f32.wgsl?raw";
import { link, u32s, type Kernel } from "../kernel.ts";

/** P . V in float. Formula and layouts: shaders/attention-output-f32.wgsl. */
export const attentionOutputF32: Kernel = {
  name: "attention-output-f32",
  code: link(code),
  params: u32s("tokens", "heads", "head4", "p_stride4", "qkv_stride4", "value_offset4", "out_stride4", "images"),
  bindings: ["p", "qkv", "y"],
  constants: {},
  workgroups: ({ head4, tokens, images, heads }) => [Math.ceil(head4 / 16), Math.ceil(tokens / 32), images * heads],
};
