import code from "#shaders/attention-share-codes-f32.wgsl?raw";
import { linearGrid, link, type Kernel } from "../kernel.ts";
import { attentionRowsCodesF32 } from "./attention-rows-codes-f32.ts";

/** attention-rows-codes-f32 with keys and values shared by fours: the same arguments, the same words. */
export const attentionShareCodesF32: Kernel = {
  ...attentionRowsCodesF32,
  name: "attention-share-codes-f32",
  code: link(code),
  features: ["subgroups"],
  workgroups: ({ tokens, images, heads }) => linearGrid(4 * images * heads * Math.ceil(tokens / 32), 4),
};
