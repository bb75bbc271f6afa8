import code from "#shaders/attention-rows-codes-integer.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";
import { attentionRowsCodesF32 } from "./attention-rows-codes-f32.ts";

/** attention-rows-codes-f32 on 32-bit sums: the same arguments, and levels beyond those of f32 sums. */
export const attentionRowsCodesInteger: Kernel = {
  ...attentionRowsCodesF32,
  name: "attention-rows-codes-integer",
  code: link(code),
};
