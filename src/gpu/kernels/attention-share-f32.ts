import code from "#shaders/attention-share-f32.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";
import { attentionRowsF32 } from "./attention-rows-f32.ts";
import { shareByFours } from "./share-by-fours.ts";

/** attention-rows-f32 with keys and values shared by fours: the same arguments, the same words. */
export const attentionShareF32: Kernel = {
  ...attentionRowsF32,
  name: "attention-share-f32",
  code: link(code),
  ...shareByFours,
};
