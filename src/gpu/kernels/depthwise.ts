import code from "#shaders/depthwise.wgsl?raw";
import { linearGrid, link, type Kernel } from "../kernel.ts";

/** Convolution of each channel by itself. Layouts: shaders/depthwise.wgsl. */
export const depthwise: Kernel = {
  name: "depthwise",
  code: link(code),
  params: [
    ["images", "u32"],
    ["in_rows", "u32"],
    ["out_rows", "u32"],
    ["stride4", "u32"],
    ["group", "u32"],
  ],
  bindings: ["x", "indices", "weight", "y"],
  constants: {},
  workgroups: ({ images, out_rows, stride4 }) => linearGrid(images * out_rows * stride4, 64),
};
