import code from "#shaders/attention-scores-f16.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";
import { attentionScoresF32 } from "./attention-scores-f32.ts";

/** attention-scores-f32 with what it reads and writes of the layers in f16: the same arguments otherwise. */
export const attentionScoresF16: Kernel = {
  ...attentionScoresF32,
  name: "attention-scores-f16",
  code: link(code),
};
