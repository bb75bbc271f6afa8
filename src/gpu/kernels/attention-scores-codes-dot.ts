import code from "#shaders/attention-scores-codes-dot.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";
import { attentionScoresCodesF32 } from "./attention-scores-codes-f32.ts";

/** attention-scores-codes-f32 on the packed integer dot product: the same arguments, the same words. */
export const attentionScoresCodesDot: Kernel = {
  ...attentionScoresCodesF32,
  name: "attention-scores-codes-dot",
  code: link(code),
  requires: "packed_4x8_integer_dot_product",
};
