import code from "#shaders/linear-attention-sums.wgsl?raw";
import { linearGrid, link, type Kernel } from "../kernel.ts";

/** Sums over keys and values that all queries of a head share. Layouts: shaders/linear-attention-sums.wgsl. */
export const linearAttentionSums: Kernel = {
  name: "linear-attention-sums",
  code: link(code),
  params: [
    ["images", "u32"],
    ["tokens", "u32"],
    ["width", "u32"],
    ["depth", "u32"],
    ["stride", "u32"],
    ["out_stride", "u32"],
  ],
  bindings: ["k", "v", "sums"],
  constants: {},
  workgroups: ({ images, width, out_stride }) => linearGrid(images * width * out_stride, 64),
};
