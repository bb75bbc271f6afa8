import code from "#shaders/attention-output-f16.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";
import { attentionOutputF32 } from "./attention-output-f32.ts";

/** attention-output-f32 with what it reads and writes of the layers in f16: the same arguments otherwise. */
export const attentionOutputF16: Kernel = {
  ...attentionOutputF32,
  name: "attention-output-f16",
  code: link(code),
};
