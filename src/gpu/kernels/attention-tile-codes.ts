import code from "#shaders/attention-tile-codes.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";
import { attentionRowsCodesF32 } from "./attention-rows-codes-f32.ts";

/** Attention of 16 whole rows per workgroup, in integers: the arguments of attention-rows-codes-f32. */
export const attentionTileCodes: Kernel = {
  ...attentionRowsCodesF32,
  name: "attention-tile-codes",
  code: link(code),
  requires: "packed_4x8_integer_dot_product",
  barriers: true,
  workgroups: ({ tokens, images, heads }) => [Math.ceil(tokens / 16), 1, images * heads],
};
