import code from "#shaders/attention-share-f16.wgsl?raw";
import { linearGrid, link, type Kernel } from "../kernel.ts";
import { attentionRowsF16 } from "./attention-rows-f16.ts";

/** attention-rows-f16 with keys and values shared by fours: the same arguments, the same words. */
export const attentionShareF16: Kernel = {
  ...attentionRowsF16,
  name: "attention-share-f16",
  code: link(code),
  features: ["subgroups"],
  workgroups: ({ tokens, images, heads }) => linearGrid(4 * images * heads * Math.ceil(tokens / 32), 4),
};
