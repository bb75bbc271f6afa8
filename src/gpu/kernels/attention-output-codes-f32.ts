import code from "#shaders/attention-output-codes-f32.wgsl?raw";
import { link, u32s, type Kernel } from "../kernel.ts";

/** P . V in integers on f32 multiply-adds. Formula and layouts: shaders/attention-output-codes-f32.wgsl. */
export const attentionOutputCodesF32: Kernel = {
  name: "attention-output-codes-f32",
  code: link(code),
  params: [
    ...u32s("tokens", "heads", "head4", "p_stride4", "qkv_stride4", "value_offset4", "out_stride4", "images"),
    ["out_max", "f32"],
    ["offset", "f32"],
  ],
  bindings: ["p", "qkv", "levels", "columns", "y"],
  constants: { ODD: [0, 1], QUANTIZE: [0, 1], EXTRA: [0, 1, 2] },
  workgroups: ({ head4, tokens, images, heads }) => [Math.ceil(head4 / 16), Math.ceil(tokens / 32), images * heads],
};
