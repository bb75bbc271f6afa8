import code from "#shaders/attention-tile-f16.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";
import { attentionTileF32 } from "./attention-tile-f32.ts";

/** attention-tile-f32 with what it reads and writes of the layers in f16: the same arguments otherwise. */
export const attentionTileF16: Kernel = {
  ...attentionTileF32,
  name: "attention-tile-f16",
  code: link(code),
};
