import code from "#shaders/attention-output-codes-f32.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";

/** P . V in integers on f32 multiply-adds. Formula and layouts: shaders/attention-output-codes-f32.wgsl. */
export const attentionOutputCodesF32: Kernel = {
  name: "attention-output-codes-f32",
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
    ["out_max", "f32"],
    ["offset", "f32"],
  ],
  bindings: ["p", "qkv", "levels", "columns", "y"],
  constants: { ODD: [0, 1], QUANTIZE: [0, 1], EXTRA: [0, 1, 2] },
  workgroups: ({ head4, tokens, images, heads }) => [Math.ceil(head4 / 16), Math.ceil(tokens / 32), images * heads],
};
