import code from "#shaders/attention-tile-f32.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";
import { attentionRowsF32 } from "./attention-rows-f32.ts";

/** Attention of 16 whole rows per workgroup, in float: the arguments of attention-rows-f32. */
export const attentionTileF32: Kernel = {
  ...attentionRowsF32,
  name: "attention-tile-f32",
  code: link(code),
  barriers: true,
  workgroups: ({ tokens, images, heads }) => [Math.ceil(tokens / 16), 1, images * heads],
};
