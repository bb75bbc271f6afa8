import code from "#shaders/attention-share-f32.wgsl?raw";
import { linearGrid, link, type Kernel } from "../kernel.ts";
import { attentionRowsF32 } from "./attention-rows-f32.ts";

/** attention-rows-f32 with keys and values shared by fours: the same arguments, the same words. */
export const attentionShareF32: Kernel = {
  ...attentionRowsF32,
  name: "attention-share-f32",
  code: link(code),
  features: ["subgroups"],
  workgroups: ({ tokens, images, heads }) => linearGrid(4 * images * heads * Math.ceil(tokens / 32), 4),
};
