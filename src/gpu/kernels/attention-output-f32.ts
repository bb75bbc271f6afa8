import code from "#shaders/attention-output-f32.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";

/** P . V in float. Formula and layouts: shaders/attention-output-f32.wgsl. */
export const attentionOutputF32: Kernel = {
  name: "attention-output-f32",
  code: link(code),
  params: [
    ["tokens", "u32"],
    ["heads", "u32"],
    ["head4", "u32"],
    ["p_stride4", "u32"],
    ["qkv_stride4", "u32"],
    ["value_offset4", "u32"],
    ["out_stride4", "u32"],
    ["images", "u32"],
  ],
  bindings: ["p", "qkv", "y"],
  constants: {},
  workgroups: ({ head4, tokens, images, heads }) => [Math.ceil(head4 / 16), Math.ceil(tokens / 32), images * heads],
};
