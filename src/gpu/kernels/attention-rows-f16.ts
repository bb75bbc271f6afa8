import code from "#shaders/attention-rows-f16.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";
import { attentionRowsF32 } from "./attention-rows-f32.ts";

/** attention-rows-f32 with what it reads and writes of the layers in f16: the same arguments otherwise. */
export const attentionRowsF16: Kernel = {
  ...attentionRowsF32,
  name: "attention-rows-f16",
  code: link(code),
};
