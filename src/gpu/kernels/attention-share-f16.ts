import code from "#shaders/attention-share-f16.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";
import { attentionRowsF16 } from "./attention-rows-f16.ts";
import { shareByFours } from "./share-by-fours.ts";

/** attention-rows-f16 with keys and values shared by fours: the same arguments, the same words. */
export const attentionShareF16: Kernel = {
  ...attentionRowsF16,
  name: "attention-share-f16",
  code: link(code),
  ...shareByFours,
};
