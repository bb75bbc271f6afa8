import code from "#shaders/attention-share-codes-f32.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";
import { attentionRowsCodesF32 } from "./attention-rows-codes-f32.ts";
import { shareByFours } from "./share-by-fours.ts";

/** attention-rows-codes-f32 with keys and values shared by fours: the same arguments, the same words. */
export const attentionShareCodesF32: Kernel = {
  ...attentionRowsCodesF32,
  name: "attention-share-codes-f32",
  code: link(code),
  ...shareByFours,
};
