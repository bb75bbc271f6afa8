import code from "#shaders/attention-bias.wgsl?raw";
import { linearGrid, link, u32s, type Kernel } from "../kernel.ts";

/** A table added to attention scores, map by map. Layouts: shaders/attention-bias.wgsl. */
export const attentionBias: Kernel = {
  name: "attention-bias",
  code: link(code),
  params: u32s("rows", "stride4", "period"),
  bindings: ["x", "bias", "y"],
  constants: {},
  workgroups: ({ rows, stride4 }) => linearGrid(rows * stride4, 64),
};
