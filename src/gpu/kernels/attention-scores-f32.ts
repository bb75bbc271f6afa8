import code from "#shaders/attention-scores-f32.wgsl?raw";
import { link, u32s, type Kernel } from "../kernel.ts";

/** q . k^T in float. Formula and layouts: shaders/attention-scores-f32.wgsl. */
export const attentionScoresF32: Kernel = {
  name: "attention-scores-f32",
  code: link(code),
  params: [...u32s("tokens", "heads", "head4", "qkv_stride4", "key_offset4", "out_stride4", "images"), ["scale", "f32"]],
  bindings: ["qkv", "y"],
  constants: {},
  workgroups: ({ tokens, images, heads }) => [Math.ceil(tokens / 64), Math.ceil(tokens / 32), images * heads],
};
