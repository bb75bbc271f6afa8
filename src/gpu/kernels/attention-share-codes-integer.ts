import code from "#shaders/attention-share-codes-integer.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";
import { attentionRowsCodesInteger } from "./attention-rows-codes-integer.ts";
import { shareByFours } from "./share-by-fours.ts";

/** attention-rows-codes-integer with keys and values shared by fours: the same arguments, the same words. */
export const attentionShareCodesInteger: Kernel = {
  ...attentionRowsCodesInteger,
  name: "attention-share-codes-integer",
  code: link(code),
  ...shareByFours,
};
